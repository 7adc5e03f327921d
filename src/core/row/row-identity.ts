import type { Row } from './row';

/** What tells rows of one pipeline apart. */
export type RowPlace = Pick<Row, 'keyText' | 'window' | 'partition'> & Partial<Pick<Row, 'revision' | 'values'>>;

/** The key of every row of a pipeline without windows: no field. No other key has this text. */
const NO_KEY = '[]';

/**
 * Equal for two versions of one row, and only for them: key, bounds and ordinal of the window, and its zone.
 *
 * Each row of a pipeline without windows is its own: its partition and revision name it; where the partition is not
 * known, as after a table was read back, its values stand in for it.
 *
 * With `zoneField` a key should have one zone. Windows of two zones with equal bounds are two rows here, but outside of
 * the process nothing shows the zone: in a table, a topic and the live feed they are versions of one row.
 */
export function rowIdentity({ keyText, window, partition, revision, values }: RowPlace): string {
  if (window) return JSON.stringify([keyText, window.startMs, window.endMs, window.index ?? null, window.zone]);
  if (keyText !== NO_KEY) return JSON.stringify([keyText]);
  return JSON.stringify([keyText, String(revision), partition ?? values ?? null]);
}

/** By key, then by the window's start, end and ordinal; rows without key and window by partition and revision. */
export function compareRows(a: RowPlace, b: RowPlace): number {
  if (a.keyText !== b.keyText) return a.keyText < b.keyText ? -1 : 1;
  if (a.window && b.window) return compareWindows(a.window, b.window);
  if (a.window || b.window) return a.window ? 1 : -1;
  const byPartition = (a.partition ?? 0) - (b.partition ?? 0);
  if (byPartition !== 0) return byPartition;
  const [first, second] = [a.revision ?? 0n, b.revision ?? 0n];
  return first < second ? -1 : first > second ? 1 : 0;
}

/** By start, then by end, ordinal and zone. */
export function compareWindows(a: NonNullable<Row['window']>, b: NonNullable<Row['window']>): number {
  const byBounds = a.startMs - b.startMs || a.endMs - b.endMs || (a.index ?? 0) - (b.index ?? 0);
  if (byBounds !== 0) return byBounds;
  return a.zone < b.zone ? -1 : a.zone > b.zone ? 1 : 0;
}

/**
 * Whether one version of a row takes the place of another. A deletion lies just below the row that takes the deleted
 * one's place, where a final row of the record before may lie too: of equal revisions the deletion wins, as it does in Cassandra.
 */
export function isNewer(version: Version, held: Version): boolean {
  if (version.revision !== held.revision) return version.revision > held.revision;
  return version.values === undefined && held.values !== undefined;
}

type Version = Pick<Row, 'revision' | 'values'>;

/** Keeps the newest version of each row that is offered. */
export class NewestRows {
  private readonly rows = new Map<string, Row>();

  /** Deleted rows are counted. */
  get size(): number {
    return this.rows.size;
  }

  /** Whether any version of the row was offered. */
  has(row: Row): boolean {
    return this.rows.has(rowIdentity(row));
  }

  offer(row: Row): void {
    const identity = rowIdentity(row);
    const held = this.rows.get(identity);
    if (!held || isNewer(row, held)) this.rows.set(identity, row);
  }

  /** In order of key and window, without rows that were deleted. */
  sorted(): Row[] {
    return [...this.rows.values()].filter(({ values }) => values !== undefined).sort(compareRows);
  }
}
