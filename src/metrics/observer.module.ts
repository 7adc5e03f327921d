import { Module } from '@nestjs/common';
import { type Ports, PORTS } from '../runtime/ports';
import { PrometheusObserver } from './prometheus-observer';

/** Apart from {@link MetricsModule}, so that the runtime, which makes `PIPELINES`, can have its observer before them. */
@Module({
  providers: [
    { provide: PrometheusObserver, useFactory: ({ tracer }: Ports) => new PrometheusObserver(tracer), inject: [PORTS] },
  ],
  exports: [PrometheusObserver],
})
export class ObserverModule {}
