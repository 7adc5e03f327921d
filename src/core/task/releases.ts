import { fieldsOf, withoutPersonal } from '../decoding/personal';
import { PoisonRecordError } from '../errors';
import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { SourceRecord } from '../ports/record-source.port';
import type { Delta } from './delta';
import type { Intake } from './intake';
import type { Parking } from './parking';
import type { RecordReader } from './record-reader';
import type { Release } from './release';
import type { StreamTime } from './stream-time';
import type { MutableCounts } from './task-counts';

export interface ReleasesOptions {
  readonly pipeline: CompiledPipeline;
  readonly parking: Parking;
  readonly reader: RecordReader;
  readonly intake: Intake;
  readonly delta: Delta;
  readonly time: StreamTime;
  readonly counts: MutableCounts;
}

/** Lets the records of parked keys go; `docs/adr/0015-a-bad-record-parks-its-key.md`. */
export class Releases {
  constructor(private readonly options: ReleasesOptions) {}

  /**
   * Processes what waits for a key, in order, up to a record that still cannot be processed, which is returned as what is wrong. All
   * in one step and with one `N`, so that no row is shown in between; time advances after the last.
   */
  process(release: Release, next: bigint): PoisonRecordError | undefined {
    const { parking, delta, counts, time, intake } = this.options;
    const { keyText } = release;
    const waiting = parking.released(release);
    let done = 0;
    let latestMs = -1;
    let problem: PoisonRecordError | undefined;
    for (; done < waiting.length && !problem; done += problem ? 0 : 1) {
      const outcome = this.processWaiting(waiting[done]!, keyText, next);
      if (outcome instanceof PoisonRecordError) problem = outcome;
      else latestMs = Math.max(latestMs, outcome);
    }
    if (problem) delta.deadLetter(parking.records.of(keyText)[done]!.record, problem, true);
    if (problem) counts.dead++;
    parking.records.remove(keyText, done);
    time.advanceTo(latestMs);
    intake.closeFirst();
    return problem;
  }

  /** Returns the time that it advances stream time to, -1 for none, or what is still wrong with it. */
  private processWaiting(record: SourceRecord, keyText: string, next: bigint): number | PoisonRecordError {
    const { reader, counts, pipeline, intake } = this.options;
    try {
      const fields = reader.decode(record);
      const eventTimeMs = reader.eventTimeMs(fields, record);
      if (!reader.accepts(fields, record, eventTimeMs)) {
        counts.filtered++;
        return pipeline.advanceOn === 'all' ? eventTimeMs : -1;
      }
      reader.prepare(fields, record, eventTimeMs, next);
      if (reader.contribution.keyText !== keyText) {
        throw new PoisonRecordError('bad-key', `The patch changes the key ${JSON.stringify(keyText)}; it may not.`);
      }
      intake.add(record);
      return eventTimeMs;
    } catch (error) {
      if (error instanceof PoisonRecordError) return impersonal(pipeline, record, error);
      throw error;
    }
  }
}

/** The error without what the personal fields of the record hold. */
export function impersonal(
  pipeline: CompiledPipeline,
  record: SourceRecord,
  error: PoisonRecordError,
): PoisonRecordError {
  const { personal } = pipeline;
  return personal.length === 0 ? error : withoutPersonal(error, personal, fieldsOf(pipeline, record));
}
