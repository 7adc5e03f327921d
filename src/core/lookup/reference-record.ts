import { textOf } from '../decoding/decoder';
import { eventTimeOf, recordTimeOf } from '../decoding/event-time';
import { PoisonRecordError } from '../errors';
import type { JsonValue } from '../json';
import type { SourceRecord } from '../ports/record-source.port';
import type { PointInTime } from './compiled-lookup';
import { entryValue } from './entry-value';

/** What one record of a topic says of its table. */
export interface ReferenceRecord {
  readonly key: string;
  /** `undefined` deletes the entry. */
  readonly value: JsonValue | undefined;
  /** From when on it holds, epoch ms. */
  readonly timeMs: number;
  readonly offset: bigint;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a record of a reference topic: key and value in UTF-8, a null value deletes. Its time is that of `timeField` in
 * the value, else the record's timestamp; a deletion has no fields, so its timestamp counts. Without `pointInTime` the time
 * plays no part, and a wrong one does no harm. Throws PoisonRecordError.
 */
export function referenceRecordOf(record: SourceRecord, pointInTime: PointInTime | undefined): ReferenceRecord {
  const key = keyOf(record.key);
  const given = record.asciiValue ?? record.value;
  const value = given === null ? undefined : entryValue(textOf(given, Infinity));
  const timeMs = pointInTime ? timeOf(record, value, pointInTime) : record.timestampMs;
  return { key, value, timeMs, offset: record.offset };
}

function timeOf({ timestampMs }: SourceRecord, value: JsonValue | undefined, { timeField }: PointInTime): number {
  if (timeField === undefined || value === undefined) return recordTimeOf(timestampMs);
  return eventTimeOf(fieldOf(value, timeField), timeField);
}

function keyOf(key: Uint8Array | null): string {
  if (key === null) throw new PoisonRecordError('bad-key', 'the record has no key');
  try {
    return utf8.decode(key);
  } catch {
    throw new PoisonRecordError('bad-key', 'the key is no UTF-8 text');
  }
}

function fieldOf(value: JsonValue, field: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, field) ? (value as Readonly<Record<string, JsonValue>>)[field] : undefined;
}
