import type { SourceRecord } from '../ports/record-source.port';
import type { RecordOrigin } from '../repartition/record-origin';
import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { Delta } from './delta';
import type { Forwarding } from './forwarding';
import type { RangePartials } from './range-partials';
import type { StreamTime } from './stream-time';
import type { MutableCounts } from './task-counts';
import type { TaskId } from './task-id';
import type { Contribution } from './task-windows';

export interface ForwarderOptions {
  readonly id: TaskId;
  readonly pipeline: Pick<CompiledPipeline, 'outOfOrdernessMs'>;
  readonly forwarding: Forwarding;
  /** There if records are aggregated before they are forwarded. */
  readonly partials: RangePartials | undefined;
  readonly delta: Delta;
  readonly time: StreamTime;
  readonly counts: MutableCounts;
}

/**
 * Stage 1 of a repartitioned pipeline: puts records, partial aggregates and marks of time into the delta, in the order in which
 * the repartition topic has to have them.
 */
export class Forwarder {
  constructor(private readonly options: ForwarderOptions) {}

  /** Into a partial aggregate, if there are any and the record is on time for it; else by itself. */
  add(record: SourceRecord, contribution: Contribution): void {
    const { time, pipeline, partials, counts } = this.options;
    const ownWatermarkMs = time.streamTimeMs - pipeline.outOfOrdernessMs;
    if (partials?.add(contribution, ownWatermarkMs, record.timestampMs)) counts.accepted++;
    else this.forward(record, contribution.keyText);
  }

  /** By itself, after all that came before it: it tells the time, and whoever hears it has those. */
  forward(record: SourceRecord, keyText: string): undefined {
    this.options.counts.accepted++;
    this.forwardPartials();
    this.options.delta.forward({ record, keyText, origin: this.originAt(record.offset, false) });
  }

  /** Call before the record at this offset is processed. */
  endRangeBefore(offset: bigint): void {
    const { partials, delta } = this.options;
    if (!partials || offset < partials.endOffset) return;
    for (const partial of partials.endRange(offset)) delta.forward(partial);
  }

  /** The source is idle before anything was accepted. */
  fallSilent(): void {
    this.options.forwarding.fallSilent();
  }

  /** Before a freeze: what the next stage has to hear of all that was processed up to `position`. */
  flush(position: bigint): void {
    this.endRangeBefore(position);
    this.forwardPartials();
    this.markTime(position);
  }

  private forwardPartials(): void {
    const { partials, delta } = this.options;
    if (!partials) return;
    for (const partial of partials.takeChanged()) delta.forward(partial);
  }

  /** Tells every partition of the repartition topic how far this one is, if they cannot know. */
  private markTime(position: bigint): void {
    const { forwarding, delta } = this.options;
    if (forwarding.takeMark() === undefined) return;
    delta.forward({ record: undefined, keyText: '', origin: this.originAt(position, true) });
  }

  private originAt(offset: bigint, isMark: boolean): RecordOrigin {
    const { id, time } = this.options;
    return { partition: id.partition, offset, index: 0, watermarkMs: time.watermarkMs, isMark };
  }
}
