import type { FeedEntry } from '../core/ports/live-feed.port';
import type { RowJson } from '../core/row/row-json';

/** A row of the feed, parsed once for all clients of the process. */
export interface FeedRow {
  /** Equal for the versions of one row. */
  readonly identity: string;
  readonly key: RowJson['key'];
  readonly revision: bigint;
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
  return { partition, id, rows: rows.map(parseRow) };
}

function parseRow(text: string): FeedRow {
  const { key, window, revision } = JSON.parse(text) as RowJson;
  return {
    identity: JSON.stringify([Object.values(key), window?.start, window?.end]),
    key,
    revision: BigInt(revision),
    text,
  };
}
