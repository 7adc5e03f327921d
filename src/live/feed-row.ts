import type { FeedEntry } from '../core/ports/live-feed.port';
import { encodeKey } from '../core/row/key';
import { rowIdentity } from '../core/row/row-identity';
import type { RowJson, WindowJson } from '../core/row/row-json';
import type { Window } from '../core/windows/window';

/** A row of the feed, parsed once for all clients of the process. */
export interface FeedRow {
  /** Equal for the versions of one row. */
  readonly identity: string;
  readonly key: RowJson['key'];
  readonly revision: bigint;
  readonly deleted: boolean;
  /** As `rowText` made it. */
  readonly text: string;
}

/** {@link FeedEntry} with its rows parsed. */
export interface ParsedEntry {
  readonly partition: number;
  readonly id: string;
  readonly rows: readonly FeedRow[];
}

export function parseEntry({ partition, id, rows }: FeedEntry): ParsedEntry {
  return { partition, id, rows: rows.map((text) => parseRow(text, partition)) };
}

function parseRow(text: string, partition: number): FeedRow {
  const { key, window, revision, deleted = false } = JSON.parse(text) as RowJson;
  const place = {
    keyText: encodeKey(Object.values(key)),
    window: window && windowOf(window),
    partition,
    revision: BigInt(revision),
  };
  return { identity: rowIdentity(place), key, revision: place.revision, deleted, text };
}

/** The feed does not show the zone. */
function windowOf({ start, end, index }: WindowJson): Window {
  const bounds = { startMs: Date.parse(start), endMs: Date.parse(end), zone: 'UTC' };
  return index === undefined ? bounds : { ...bounds, index };
}
