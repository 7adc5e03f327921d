import { PoisonRecordError } from '../errors';
import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { SourceRecord } from '../ports/record-source.port';
import { encodeKey } from '../row/key';
import { patched } from './merge-patch';
import { checkMessageKey } from './message-key';
import { MAX_PARKED_RECORDS, ParkedRecords } from './parked-records';
import { type Release, releaseOf } from './release';
import { roleOf } from './replayed-record';
import { sourcePlace } from './source-place';
import type { TaskId } from './task-id';

export interface ParkingOptions {
  readonly id: TaskId;
  readonly pipeline: CompiledPipeline;
  readonly keyedByMessage: boolean;
}

/**
 * Which keys of a task are parked, and what waits for them; `docs/adr/0015-a-bad-record-parks-its-key.md`.
 *
 *  1. Park     a record that cannot be processed, and its key is known: it waits
 *  2. Wait     so does every later record of the key
 *  3. Release  a record of the source says so: all that wait are processed in order, up to one that still cannot be
 */
export class Parking {
  readonly records = new ParkedRecords();

  private readonly parks: boolean;

  constructor(private readonly options: ParkingOptions) {
    this.parks = options.pipeline.definition.spec.onPoison === 'park';
  }

  /** Whether a release may have something to do: `onPoison` may have been changed while keys were parked. */
  get isInUse(): boolean {
    return this.parks || !this.records.isEmpty;
  }

  /** The key that a bad record would park or wait for; `undefined` when that is not known or not asked for. */
  keyOfBad(record: SourceRecord): string | undefined {
    const { pipeline, keyedByMessage } = this.options;
    if (!this.isInUse) return undefined;
    try {
      const keyText = encodeKey(pipeline.keyValues(pipeline.decode(record)));
      if (keyedByMessage) checkMessageKey(record.key, keyText, pipeline.keyNames);
      return this.parks || this.records.holds(keyText) ? keyText : undefined;
    } catch (error) {
      if (error instanceof PoisonRecordError) return undefined;
      throw error;
    }
  }

  isRelease(record: SourceRecord): boolean {
    return roleOf(record, this.options.pipeline.definition.metadata.name) === 'release';
  }

  /** What is in the way of a record of a parked key for which there is no room. */
  full(keyText: string): PoisonRecordError {
    return new PoisonRecordError(
      'parking-full',
      `Key ${JSON.stringify(keyText)} waits for a record that could not be processed, and partition ${this.options.id.partition} ` +
        `has no room for more: it keeps ${MAX_PARKED_RECORDS} records. Replay the dead letters of the key.`,
    );
  }

  /**
   * The records that are processed when the task comes to this one: itself, or those that it releases; none for a
   * release that cannot be read.
   */
  processedAt(record: SourceRecord): readonly SourceRecord[] {
    if (!this.isInUse || !this.isRelease(record)) return [record];
    try {
      return this.released(releaseOf(record));
    } catch (error) {
      if (error instanceof PoisonRecordError) return [];
      throw error;
    }
  }

  /** What waits for the key, in order, each put right as the release says. */
  released({ keyText, places, patch, values }: Release): readonly SourceRecord[] {
    const waiting = this.records.of(keyText).map(({ record }) => record);
    if (!patch && !values) return waiting;
    const named = new Set(places);
    return waiting.map((record) => {
      const place = this.placeOf(record);
      if (!named.has(place)) return record;
      const value = values?.get(place) ?? (patch && patched(record.value, patch));
      return value ? { ...record, value } : record;
    });
  }

  private placeOf(record: SourceRecord): string {
    const { partition, record: inSource } = sourcePlace(record, this.options.id);
    return `${partition}:${inSource.offset}`;
  }
}
