import { Module } from '@nestjs/common';
import { PrometheusObserver } from './prometheus-observer';

/** Apart from {@link MetricsModule}, so that the runtime, which makes `PIPELINES`, can have its observer before them. */
@Module({ providers: [PrometheusObserver], exports: [PrometheusObserver] })
export class ObserverModule {}
