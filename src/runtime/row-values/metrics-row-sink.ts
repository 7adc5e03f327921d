import type { CompiledMetrics } from '../../core/pipeline/compiled-pipeline';
import { sinkName } from '../../core/pipeline/sink-name';
import type { Clock } from '../../core/ports/clock.port';
import type { ExactRowSink, SinkClaim, TaskRowSink } from '../../core/ports/row-sink.port';
import { RowValues } from './row-values';
import { TaskValues } from './task-values';

/**
 * The newest number of each key for Prometheus: of the newest window, its newest revision. At most `maxSeries` keys of each
 * task, each for `ttl` after its newest row; while there is no room, further keys are not shown. What is shown is part of the
 * checkpoint, so that the next owner of the task shows the same at once, and this one nothing more. `write` throws FatalError
 * for a value that is no number.
 */
export class MetricsRowSink implements ExactRowSink {
  readonly name: string;

  constructor(
    private readonly shown: RowValues,
    private readonly sink: CompiledMetrics,
    private readonly clock: Clock,
  ) {
    this.name = sinkName(sink);
  }

  openFor({ task, state }: SinkClaim): Promise<TaskRowSink> {
    const { shown, sink, clock } = this;
    const values = new TaskValues(this.name, { sink, clock, state, onDropped: () => shown.addDropped(place) });
    const place = { pipeline: task.pipeline, name: sink.valueName };
    const hide = shown.show({ ...place, values: () => values.shown() });
    return Promise.resolve({
      name: this.name,
      write: (rows) => Promise.resolve(rows).then((given) => values.take(given)),
      close: () => Promise.resolve(hide()),
    });
  }

  /** Gathers what the next owner will show. */
  forRebuild(): ExactRowSink {
    return new MetricsRowSink(new RowValues(), this.sink, this.clock);
  }
}
