import { type DynamicModule, Module } from '@nestjs/common';

import { ApiModule } from './api/api.module';
import type { MillraceConfig } from './config/config';
import { CONFIG } from './config/config-token';
import { DashboardModule } from './dashboard/dashboard.module';
import { HealthModule } from './health/health.module';
import { StartupState } from './health/startup-state';
import { IngestionModule } from './ingestion/ingestion.module';
import { LiveModule } from './live/live.module';
import { MetricsModule } from './metrics/metrics.module';
import { PrometheusObserver } from './metrics/prometheus-observer';
import { ProcessingController } from './processing/processing.controller';
import { ProcessingService } from './processing/processing.service';
import { PIPELINES } from './runtime/pipelines';
import { PORTS, type Ports } from './runtime/ports';

export interface AppParts {
  readonly config: MillraceConfig;
  readonly ports: Ports;
  readonly processing: ProcessingService;
  readonly startup: StartupState;
  readonly observer: PrometheusObserver;
}

/** The only place where what was chosen at start meets the modules that use it. */
@Module({})
export class AppModule {
  static of({ config, ports, processing, startup, observer }: AppParts): DynamicModule {
    const { roles } = config;
    const shared: DynamicModule = {
      module: SharedModule,
      global: true,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: PORTS, useValue: ports },
        { provide: PIPELINES, useExisting: ProcessingService },
        { provide: ProcessingService, useValue: processing },
        { provide: StartupState, useValue: startup },
        { provide: PrometheusObserver, useValue: observer },
      ],
      exports: [CONFIG, PORTS, PIPELINES, ProcessingService, StartupState, PrometheusObserver],
    };
    return {
      module: AppModule,
      imports: [
        shared,
        HealthModule,
        MetricsModule,
        ...(roles.includes('ingest') ? [IngestionModule] : []),
        ...(roles.includes('serve') ? [ApiModule, LiveModule, DashboardModule] : []),
      ],
      controllers: roles.includes('process') ? [ProcessingController] : [],
    };
  }
}

@Module({})
class SharedModule {}
