import type { Fields } from '../pipeline/compiled-pipeline';
import type { SourceRecord } from '../ports/record-source.port';

/** What becomes of a record whose entry is missing. */
export type MissingPolicy = 'null' | 'drop' | 'dead-letter';

/** One step of `lookup`: which entry of which table a record gets, and under what name. */
export interface CompiledLookup {
  /** The field that the entry becomes. */
  readonly as: string;
  readonly missing: MissingPolicy;
  readonly table: TableSpec;
  /** The key of the entry; `undefined` when the record names none. Throws PoisonRecordError. */
  keyOf(fields: Fields, record: SourceRecord): string | undefined;
}

export type TableSpec = HashTableSpec | TopicTableSpec;

/** A hash of the service's Redis, asked for each entry. */
export interface HashTableSpec {
  readonly kind: 'redis';
  /** The key of the hash, as the user names it. */
  readonly name: string;
  /** How long an answer is used again, ms. */
  readonly maxAgeMs: number;
}

/** A topic that is held in memory as a table. */
export interface TopicTableSpec {
  readonly kind: 'topic';
  readonly name: string;
  /** `undefined` for the newest entry of each key, whatever the time of the record that asks. */
  readonly pointInTime: PointInTime | undefined;
  readonly maxEntries: number;
}

export interface PointInTime {
  /** The field of an entry that says from when on it holds; the timestamp of its record when `undefined`. */
  readonly timeField: string | undefined;
  /** How far back versions are kept, ms before the newest reference time. */
  readonly historyMs: number;
}

/** How messages name a table. */
export function tableName({ kind, name }: TableSpec): string {
  return kind === 'redis' ? `Redis hash ${name}` : `topic ${name}`;
}
