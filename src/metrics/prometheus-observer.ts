import type { Counter, Histogram } from 'prom-client';
import type { PoisonReason } from '../core/errors';
import type { CloseReason } from '../core/row/row';
import type { RuntimeObserver } from '../runtime/runtime-observer';
import type { RuntimeTracer } from '../runtime/runtime-tracer';
import { VERSION } from '../version';
import type { Label } from './labels';
import { Meters } from './meters';

const RESULTS = ['accepted', 'filtered', 'late', 'dead'] as const;
/** Those that a service has: the input of a topic does not end. */
const CLOSE_REASONS = ['watermark', 'idle', 'count'] as const;
const DURATION_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const END_TO_END_BUCKETS_S = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600, 86_400];
/** From a tenth of a second to a month: the grace that would have kept 99 % of the late records is read off these. */
const LATENESS_BUCKETS_S = [
  0.1,
  1,
  10,
  60,
  300,
  900,
  3600,
  4 * 3600,
  12 * 3600,
  86_400,
  3 * 86_400,
  7 * 86_400,
  30 * 86_400,
];

/**
 * What the runtime tells, as the metrics of `interface.md` section 4. Labels are bounded: names of pipelines and sinks,
 * and closed sets of reasons and results.
 */
export class PrometheusObserver implements RuntimeObserver {
  readonly meters = new Meters();

  private readonly recordsTotal = this.counter('millrace_records_total', 'Records read, by what became of them', [
    'result',
  ]);
  private readonly lateTotal = this.counter(
    'millrace_late_records_total',
    'Records whose every window was closed, whatever `late` does with them',
  );
  private readonly duplicatesTotal = this.counter(
    'millrace_repartition_duplicates_total',
    'Records that came through the repartition topic again, after a crash or from an owner that woke up late, and were dropped',
  );
  private readonly closedTotal = this.counter(
    'millrace_windows_closed_total',
    'Final rows, by why their window was closed; an amended row counts again; none with `emit.on: update`',
    ['reason'],
  );
  private readonly deadTotal = this.counter(
    'millrace_dead_letters_total',
    'Records stored in the dead-letter topic, once it has acknowledged them',
    ['reason'],
  );
  private readonly rowsTotal = this.counter('millrace_rows_emitted_total', 'Rows acknowledged by a sink', ['sink']);
  private readonly retriesTotal = this.counter('millrace_sink_retries_total', 'Writes to a sink tried again', ['sink']);
  private readonly fencedTotal = this.counter(
    'millrace_fenced_total',
    'Tasks dropped because another owner took them, or their state was gone',
  );
  private readonly budgetSpentTotal = this.counter(
    'millrace_error_budget_spent_total',
    'Times that the pipeline was paused, because too many of its records cannot be processed',
  );
  private readonly rebalancesTotal = this.counter(
    'millrace_rebalances_total',
    'Changes of the assignment of partitions',
  );
  private readonly latenessSeconds = this.histogram(
    'millrace_lateness_seconds',
    'By how much late records missed the close of the latest window; `lateness.advice` in `/v1/pipelines/NAME` says which grace would keep 99.9 %',
    LATENESS_BUCKETS_S,
  );
  private readonly checkpointSeconds = this.meters.histogram(
    'millrace_checkpoint_duration_seconds',
    'Steps 4 and 5 of the checkpoint protocol: rows acknowledged by all sinks, state committed',
    { buckets: DURATION_BUCKETS_S, labels: ['pipeline'], hasExemplars: true },
  );
  private readonly endToEndSeconds = this.histogram(
    'millrace_end_to_end_seconds',
    "From the newest record's timestamp to its rows' acknowledgement in the sinks",
    END_TO_END_BUCKETS_S,
  );
  private readonly sinkSeconds = this.meters.histogram(
    'millrace_sink_duration_seconds',
    'Writes of one checkpoint to a sink, with what was tried again',
    { buckets: DURATION_BUCKETS_S, labels: ['pipeline', 'sink'], hasExemplars: true },
  );

  /** With a tracer, durations name a trace for each of their buckets. */
  constructor(private readonly tracer?: Pick<RuntimeTracer, 'currentTrace'>) {
    if (!tracer) this.meters.withoutExemplars();
    this.meters
      .gauge('millrace_build_info', '1, by the version that runs', { labels: ['version'], across: 'sum' })
      .set({ version: VERSION }, 1);
  }

  get registry(): Meters['registry'] {
    return this.meters.registry;
  }

  /** Starts the counters of a pipeline at 0, so that its first record shows as an increase. */
  declare(pipeline: string): void {
    for (const result of RESULTS) this.recordsTotal.inc({ pipeline, result }, 0);
    for (const reason of CLOSE_REASONS) this.closedTotal.inc({ pipeline, reason }, 0);
    for (const counter of [this.lateTotal, this.fencedTotal, this.budgetSpentTotal, this.rebalancesTotal])
      counter.inc({ pipeline }, 0);
  }

  records(pipeline: string, result: (typeof RESULTS)[number], count: number): void {
    this.recordsTotal.inc({ pipeline, result }, count);
    if (result === 'late') this.lateTotal.inc({ pipeline }, count);
  }

  duplicates(pipeline: string, count: number): void {
    this.duplicatesTotal.inc({ pipeline }, count);
  }

  lateness(pipeline: string, seconds: number): void {
    this.latenessSeconds.observe({ pipeline }, seconds);
  }

  deadLetters(pipeline: string, reason: PoisonReason, count: number): void {
    this.deadTotal.inc({ pipeline, reason }, count);
  }

  rowsEmitted(pipeline: string, sink: string, count: number): void {
    this.rowsTotal.inc({ pipeline, sink }, count);
  }

  windowsClosed(pipeline: string, reason: CloseReason, rows: number): void {
    this.closedTotal.inc({ pipeline, reason }, rows);
  }

  sinkDuration(pipeline: string, sink: string, seconds: number): void {
    this.sinkSeconds.observe({ labels: { pipeline, sink }, value: seconds, ...this.exemplar() });
  }

  sinkRetry(pipeline: string, sink: string): void {
    this.retriesTotal.inc({ pipeline, sink });
  }

  checkpoint(pipeline: string, seconds: number): void {
    this.checkpointSeconds.observe({ labels: { pipeline }, value: seconds, ...this.exemplar() });
  }

  endToEnd(pipeline: string, seconds: number): void {
    this.endToEndSeconds.observe({ pipeline }, seconds);
  }

  fenced(pipeline: string): void {
    this.fencedTotal.inc({ pipeline });
  }

  budgetSpent(pipeline: string): void {
    this.budgetSpentTotal.inc({ pipeline });
  }

  rebalance(pipeline: string): void {
    this.rebalancesTotal.inc({ pipeline });
  }

  private counter(name: string, help: string, labels: readonly Label[] = []): Counter {
    return this.meters.counter(name, help, ['pipeline', ...labels]);
  }

  private histogram(name: string, help: string, buckets: number[]): Histogram {
    return this.meters.histogram(name, help, { buckets, labels: ['pipeline'] });
  }

  /** The trace of the work that is measured, where it is kept. */
  private exemplar(): { readonly exemplarLabels?: { readonly trace_id: string } } {
    const trace = this.tracer?.currentTrace();
    return trace === undefined ? {} : { exemplarLabels: { trace_id: trace } };
  }
}
