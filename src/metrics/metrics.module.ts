import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { collectDefaultMetrics } from 'prom-client';
import { type Ports, PORTS } from '../runtime/ports';
import { MetricsController } from './metrics.controller';
import { ObserverModule } from './observer.module';
import { PrometheusObserver } from './prometheus-observer';
import { rowValueGauges } from './row-value-gauges';
import { StatusGauges } from './status-gauges';

/** `GET /metrics`. Needs `PIPELINES` and `PORTS`. */
@Module({ imports: [ObserverModule], controllers: [MetricsController], providers: [StatusGauges] })
export class MetricsModule implements OnModuleInit {
  constructor(
    private readonly observer: PrometheusObserver,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  onModuleInit(): void {
    collectDefaultMetrics({ register: this.observer.registry });
    rowValueGauges(this.observer.meters, this.ports.rowValues);
  }
}
