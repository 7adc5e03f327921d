import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { SourceRecord } from '../ports/record-source.port';
import type { PartialHeader, ReceivedPartial } from '../repartition/partial';
import type { Delta } from './delta';
import type { RecordReader } from './record-reader';
import { sourcePlace } from './source-place';
import type { StreamTime } from './stream-time';
import type { MutableCounts } from './task-counts';
import type { TaskId } from './task-id';
import { type Lateness, ON_TIME, type TaskWindows } from './task-windows';

export interface IntakeOptions {
  readonly id: TaskId;
  readonly pipeline: CompiledPipeline;
  readonly windows: TaskWindows;
  readonly reader: RecordReader;
  readonly delta: Delta;
  readonly time: StreamTime;
  readonly counts: MutableCounts;
  /** Called with `W - end` in ms for each late record. */
  readonly onLate: ((latenessMs: number) => void) | undefined;
}

/** Adds what the reader has in hand to the windows, and says what became of it: accepted, or late by so much. */
export class Intake {
  constructor(private readonly options: IntakeOptions) {}

  add(record: SourceRecord): void {
    const { windows, reader, pipeline, delta, counts } = this.options;
    const { latenessMs, amended } = windows.add(reader.contribution);
    if (pipeline.emitOnRecord) delta.takeRecordRows();
    if (latenessMs === ON_TIME) counts.accepted++;
    else this.late(record, latenessMs, amended);
  }

  /** In place of the records that the partial holds. One that has come before, or a part of it, counts once. */
  addPartial(record: SourceRecord, header: PartialHeader, next: bigint): void {
    const { windows, reader, time } = this.options;
    const { partial, latestMs } = reader.preparePartial(record, header, next);
    time.advanceTo(latestMs);
    this.countPartial(partial, header.fresh, windows.add(reader.contribution));
    this.closeFirst();
  }

  /** Closes what is due before a later record could change it, where that may be. */
  closeFirst(): void {
    const { windows, delta } = this.options;
    if (windows.closesFirst && windows.closable > 0) delta.closeDue();
  }

  private countPartial(partial: ReceivedPartial, fresh: number, { latenessMs, amended }: Lateness): void {
    const { counts, onLate } = this.options;
    const added = partial.count - partial.countedBefore;
    if (latenessMs === ON_TIME) return void (counts.accepted += added);
    const late = amended ? added : fresh;
    counts.late += late;
    for (let i = 0; i < late; i++) onLate?.(latenessMs);
  }

  /** Counted whatever the policy; `semantics.md` section 6. */
  private late(record: SourceRecord, latenessMs: number, amended: boolean): void {
    const { id, pipeline, reader, time, delta, counts, onLate } = this.options;
    counts.late++;
    onLate?.(latenessMs);
    if (amended || pipeline.lateTopic === undefined) return;
    const { topic } = pipeline.definition.spec.source;
    delta.lateRecord({
      ...{ pipeline: pipeline.name, to: pipeline.lateTopic, topic, ...sourcePlace(record, id), latenessMs },
      eventTimeMs: reader.contribution.at.timeMs,
      watermarkMs: time.watermarkMs,
    });
  }
}
