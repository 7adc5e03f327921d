import type { SourceRecord } from '../../core/ports/record-source.port';
import type { Row } from '../../core/row/row';
import { rowIdentity, type RowPlace } from '../../core/row/row-identity';
import type { RowJson } from '../../core/row/row-json';
import type { TaskId } from '../../core/task/task-id';

/** What orders the versions of a row; `values` is `undefined` for a deleted one and of no other meaning. */
export type Version = Pick<Row, 'revision' | 'values'>;

const NO_VALUES = Object.freeze({});
const DELETED = 'd';
const utf8 = new TextDecoder();

export function encodeVersion({ revision, values }: Version): Uint8Array {
  return new TextEncoder().encode(`${revision}${values === undefined ? DELETED : ''}`);
}

export function decodeVersion(bytes: Uint8Array): Version {
  const text = utf8.decode(bytes);
  const isDeleted = text.endsWith(DELETED);
  const revision = BigInt(isDeleted ? text.slice(0, -1) : text);
  return { revision, values: isDeleted ? undefined : NO_VALUES };
}

/**
 * The identity that a reader of the topic can tell: nothing there shows the zone of a window, and a count window, whose
 * bounds move with each record, is known by its ordinal.
 */
export function outerIdentity(row: RowPlace): string {
  if (!row.window) return rowIdentity(row);
  const { startMs, endMs, index } = row.window;
  const window = index === undefined ? { startMs, endMs, zone: '' } : { startMs: 0, endMs: 0, index, zone: '' };
  return rowIdentity({ ...row, window });
}

/** Which version of which row a record of an output topic is: the inverse of what the sink wrote. */
export function shownRow({ key, value }: SourceRecord, { partition }: TaskId): { identity: string; version: Version } {
  const row = JSON.parse(utf8.decode(value ?? undefined)) as RowJson;
  const version = { revision: BigInt(row.revision), values: row.deleted ? undefined : NO_VALUES };
  const keyText = utf8.decode(key ?? undefined);
  return { version, identity: outerIdentity({ ...version, keyText, partition, window: windowOf(row) }) };
}

function windowOf({ window }: RowJson): Row['window'] {
  if (!window) return undefined;
  const { start, end, index } = window;
  return {
    ...{ startMs: Date.parse(start), endMs: Date.parse(end), zone: '' },
    ...(index !== undefined && { index }),
  };
}
