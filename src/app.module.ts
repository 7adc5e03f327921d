import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';

import { Access } from './access/access';
import { AccessGuard } from './access/access.guard';
import { AccessModule } from './access/access.module';
import { Audit } from './access/audit';
import { ApiModule } from './api/api.module';
import { ProblemDetailsModule } from './api/problem-details.module';
import { RateLimitGuard } from './api/rate-limit.guard';
import { waitForServers } from './composition/wait-for-servers';
import type { MillraceConfig } from './config/config';
import { CONFIG } from './config/config-token';
import { LOG } from './config/log-token';
import type { Log } from './core/ports/log.port';
import { DashboardModule } from './dashboard/dashboard.module';
import { HealthModule } from './health/health.module';
import { StartupModule } from './health/startup.module';
import { StartupState } from './health/startup-state';
import { type FeedCatalog, FEEDS } from './ingestion/feeds/feed-catalog';
import { FeedsModule, FeedViewsModule } from './ingestion/feeds/feeds.module';
import { IngestionModule } from './ingestion/ingestion.module';
import { JobsModule } from './jobs/jobs.module';
import { LiveModule } from './live/live.module';
import { MetricsModule } from './metrics/metrics.module';
import { ObserverModule } from './metrics/observer.module';
import { PrometheusObserver } from './metrics/prometheus-observer';
import { ProcessingController } from './processing/processing.controller';
import { ProcessingService } from './processing/processing.service';
import { QueriesModule } from './queries/queries.module';
import { ReadingModule } from './reading/reading.module';
import type { PipelineCatalog } from './runtime/pipeline-catalog';
import { PIPELINES } from './runtime/pipelines';
import { PORTS, type Ports } from './runtime/ports';

export interface AppParts {
  readonly config: MillraceConfig;
  readonly catalog: PipelineCatalog;
  readonly feeds: FeedCatalog;
  readonly ports: Ports;
  readonly log: Log;
  /** Where operations are told of, whatever the level of `log`. */
  readonly auditLog: Log;
}

/** The only place where what was chosen at start meets the modules that use it. */
@Module({})
export class AppModule {
  static of(parts: AppParts): DynamicModule {
    const { roles, queries } = parts.config;
    return {
      module: AppModule,
      imports: [
        AccessModule.of(parts.config, parts.log),
        sharedModule(parts),
        ProblemDetailsModule,
        HealthModule,
        MetricsModule,
        JobsModule.of(parts),
        ...(roles.includes('ingest') ? [IngestionModule, FeedsModule] : []),
        ...(roles.includes('serve') && queries.topic !== undefined ? [QueriesModule.of(queries.timeoutMs)] : []),
        ...(roles.includes('serve') ? [ApiModule, FeedViewsModule, LiveModule, ReadingModule, DashboardModule] : []),
      ],
      providers: guardsOf(parts),
      controllers: roles.includes('process') ? [ProcessingController] : [],
    };
  }
}

/** In the order in which they see a request: who may not ask is not counted. */
function guardsOf({ config: { http, access: callers }, ports, auditLog }: AppParts): Provider[] {
  const useFactory = (access: Access): AccessGuard => new AccessGuard(access, new Audit(auditLog));
  return [
    { provide: APP_GUARD, useFactory, inject: [Access] },
    ...(http.limit
      ? [
          {
            provide: APP_GUARD,
            useValue: new RateLimitGuard(ports.rateLimiter, http.limit, callers.policy === 'keys'),
          },
        ]
      : []),
  ];
}

@Module({})
class SharedModule {}

function sharedModule({ config, catalog, feeds, ports, log }: AppParts): DynamicModule {
  return {
    module: SharedModule,
    global: true,
    imports: [StartupModule, ObserverModule],
    providers: [
      { provide: CONFIG, useValue: config },
      { provide: PORTS, useValue: ports },
      { provide: FEEDS, useValue: feeds },
      { provide: LOG, useValue: log },
      {
        provide: ProcessingService,
        useFactory: (observer: PrometheusObserver, startup: StartupState) => {
          const processing = new ProcessingService({
            ...{ catalog, ports, observer, log },
            cacheBytes: config.stateCacheBytes,
            shutdownMs: config.shutdownTimeoutMs,
            awaitServers: (signal) => waitForServers({ ports, startup, log, signal }),
          });
          startup.alsoWaitFor(() => processing.waitsForTable);
          return processing;
        },
        inject: [PrometheusObserver, StartupState],
      },
      { provide: PIPELINES, useExisting: ProcessingService },
    ],
    exports: [CONFIG, PORTS, FEEDS, LOG, PIPELINES, ProcessingService, StartupModule, ObserverModule],
  };
}
