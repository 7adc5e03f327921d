import { Module, type OnModuleInit } from '@nestjs/common';
import { collectDefaultMetrics } from 'prom-client';
import { MetricsController } from './metrics.controller';
import { ObserverModule } from './observer.module';
import { PrometheusObserver } from './prometheus-observer';
import { StatusGauges } from './status-gauges';

/** `GET /metrics`. Needs `PIPELINES` and `PORTS`. */
@Module({ imports: [ObserverModule], controllers: [MetricsController], providers: [StatusGauges] })
export class MetricsModule implements OnModuleInit {
  constructor(private readonly observer: PrometheusObserver) {}

  onModuleInit(): void {
    collectDefaultMetrics({ register: this.observer.registry });
  }
}
