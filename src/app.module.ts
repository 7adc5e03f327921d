import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';

import { ApiKeyGuard } from './api/api-key.guard';
import { ApiModule } from './api/api.module';
import { ProblemDetailsModule } from './api/problem-details.module';
import { waitForServers } from './composition/wait-for-servers';
import type { MillraceConfig } from './config/config';
import { CONFIG } from './config/config-token';
import type { Log } from './core/ports/log.port';
import { DashboardModule } from './dashboard/dashboard.module';
import { HealthModule } from './health/health.module';
import { StartupModule } from './health/startup.module';
import { StartupState } from './health/startup-state';
import { IngestionModule } from './ingestion/ingestion.module';
import { LiveModule } from './live/live.module';
import { MetricsModule } from './metrics/metrics.module';
import { ObserverModule } from './metrics/observer.module';
import { PrometheusObserver } from './metrics/prometheus-observer';
import { ProcessingController } from './processing/processing.controller';
import { ProcessingService } from './processing/processing.service';
import { ReadingModule } from './reading/reading.module';
import type { PipelineCatalog } from './runtime/pipeline-catalog';
import { PIPELINES } from './runtime/pipelines';
import { PORTS, type Ports } from './runtime/ports';

export interface AppParts {
  readonly config: MillraceConfig;
  readonly catalog: PipelineCatalog;
  readonly ports: Ports;
  readonly log: Log;
}

/** The only place where what was chosen at start meets the modules that use it. */
@Module({})
export class AppModule {
  static of(parts: AppParts): DynamicModule {
    const { apiKeys, roles } = parts.config;
    return {
      module: AppModule,
      imports: [
        sharedModule(parts),
        ProblemDetailsModule,
        HealthModule,
        MetricsModule,
        ...(roles.includes('ingest') ? [IngestionModule] : []),
        ...(roles.includes('serve') ? [ApiModule, LiveModule, ReadingModule, DashboardModule] : []),
      ],
      providers: apiKeys.length > 0 ? [{ provide: APP_GUARD, useValue: new ApiKeyGuard(apiKeys) }] : [],
      controllers: roles.includes('process') ? [ProcessingController] : [],
    };
  }
}

@Module({})
class SharedModule {}

function sharedModule({ config, catalog, ports, log }: AppParts): DynamicModule {
  return {
    module: SharedModule,
    global: true,
    imports: [StartupModule, ObserverModule],
    providers: [
      { provide: CONFIG, useValue: config },
      { provide: PORTS, useValue: ports },
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
    exports: [CONFIG, PORTS, PIPELINES, ProcessingService, StartupModule, ObserverModule],
  };
}
