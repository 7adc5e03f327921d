import { PoisonRecordError } from '../errors';
import type { Fields } from '../pipeline/compiled-pipeline';
import type { SourceRecord } from '../ports/record-source.port';
import { type CompiledLookup, tableName } from './compiled-lookup';
import type { LookupRef, LookupTable } from './lookup-table';

/** Adds the fields that a pipeline looks up to its records, in the order of the definition. */
export class Enricher {
  /** Whether entries may have to be loaded before records are enriched. */
  readonly mayHaveToLoad: boolean;

  /** `tables[i]` is that of `lookups[i]`. */
  constructor(
    private readonly lookups: readonly CompiledLookup[],
    private readonly tables: readonly LookupTable[],
  ) {
    if (lookups.length !== tables.length)
      throw new Error(`A pipeline with ${lookups.length} lookups was given ${tables.length} tables`);
    this.mayHaveToLoad = tables.some(({ isWhole }) => !isWhole);
  }

  /**
   * Whether the record goes on: false when `missing: drop` filters it. Throws PoisonRecordError when the entry is missing
   * and `missing` says `dead-letter`, or when the record gives no key; FatalError as {@link LookupTable.find} does.
   */
  enrich(fields: Fields, record: SourceRecord, eventTimeMs: number): boolean {
    for (let i = 0; i < this.lookups.length; i++) {
      if (!this.take(i, this.lookups[i]!.keyOf(fields, record), fields, eventTimeMs)) return false;
    }
    return true;
  }

  /**
   * The first entry that the record needs and that has to be loaded. Keys of later lookups may depend on it: once it is
   * there, ask again. Throws as {@link enrich} does.
   */
  firstToLoad(fields: Fields, record: SourceRecord, eventTimeMs: number): LookupRef | undefined {
    for (let i = 0; i < this.lookups.length; i++) {
      const key = this.lookups[i]!.keyOf(fields, record);
      if (key !== undefined && !this.tables[i]!.has(key)) return { index: i, key };
      if (!this.take(i, key, fields, eventTimeMs)) return undefined;
    }
    return undefined;
  }

  /** Adds the field of one lookup; false when its being missing filters the record. */
  private take(i: number, key: string | undefined, fields: Fields, eventTimeMs: number): boolean {
    const lookup = this.lookups[i]!;
    const value = key === undefined ? undefined : this.tables[i]!.find(key, eventTimeMs);
    if (value === undefined && !goesOnWithout(lookup, key)) return false;
    fields[lookup.as] = value ?? null;
    return true;
  }
}

function goesOnWithout({ as, missing, table }: CompiledLookup, key: string | undefined): boolean {
  if (missing !== 'dead-letter') return missing === 'null';
  const what =
    key === undefined ? 'the record names no entry' : `there is no entry ${JSON.stringify(key.slice(0, 100))}`;
  throw new PoisonRecordError('lookup-missing', `lookup ${as}: ${what} of ${tableName(table)}`);
}
