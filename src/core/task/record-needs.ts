import type { LookupRef } from '../lookup/lookup-table';
import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { EntryRef } from '../ports/state-store.port';
import type { SourceRecord } from '../ports/record-source.port';
import type { Parking } from './parking';
import type { RecordReader } from './record-reader';
import type { TaskWindows } from './task-windows';

export interface RecordNeedsOptions {
  readonly pipeline: CompiledPipeline;
  readonly parking: Parking;
  readonly reader: RecordReader;
  readonly windows: TaskWindows;
}

/** What has to be loaded before records are processed, those that a release lets go included; changes nothing. */
export class RecordNeeds {
  constructor(private readonly options: RecordNeedsOptions) {}

  /** Ids of schemas; see `SchemaDecoders.missing`. Before all else that is loaded for the records. */
  schemas(records: readonly SourceRecord[], nowMs: number, from: number, to: number): readonly number[] {
    const { pipeline, parking } = this.options;
    const { schemas } = pipeline;
    if (!schemas) return [];
    if (!parking.isInUse) return schemas.missing(records, nowMs, from, to);
    const processed = records.slice(from, to).flatMap((record) => parking.processedAt(record));
    return schemas.missing(processed, nowMs);
  }

  /**
   * Entries of lookup tables; again once they are loaded, because later lookups may depend on them, until there are none. Before
   * {@link state}.
   */
  lookups(records: Iterable<SourceRecord>): LookupRef[] {
    const { reader, parking } = this.options;
    const missing = new Map<string, LookupRef>();
    for (const record of records) {
      for (const one of parking.processedAt(record)) {
        const ref = reader.firstToLoad(one);
        if (ref) missing.set(`${ref.index}\n${ref.key}`, ref);
      }
    }
    return [...missing.values()];
  }

  /** State that is not resident. */
  state(records: Iterable<SourceRecord>): EntryRef[] {
    const { reader, parking, windows } = this.options;
    const missing = new Map<string, EntryRef>();
    for (const record of records) {
      for (const one of parking.processedAt(record)) {
        for (const ref of reader.absentFor(one, windows)) missing.set(`${ref.segment}\n${ref.entry}`, ref);
      }
    }
    return [...missing.values()];
  }
}
