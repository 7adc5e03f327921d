import type { Row } from '../core/row/row';

/** Equal for two versions of one row, and only for them. */
export function rowIdentity(row: Pick<Row, 'keyText' | 'window'>): string {
  return JSON.stringify(row.window ? [row.keyText, row.window.startMs, row.window.endMs] : [row.keyText]);
}

/** By key, then by the window's start. */
export function compareRows(a: Row, b: Row): number {
  if (a.keyText !== b.keyText) return a.keyText < b.keyText ? -1 : 1;
  return (a.window?.startMs ?? 0) - (b.window?.startMs ?? 0) || (a.window?.endMs ?? 0) - (b.window?.endMs ?? 0);
}

/** Keeps the newest revision of each row that is offered. */
export class NewestRows {
  private readonly rows = new Map<string, Row>();

  get size(): number {
    return this.rows.size;
  }

  offer(row: Row): void {
    const identity = rowIdentity(row);
    const held = this.rows.get(identity);
    if (!held || row.revision > held.revision) this.rows.set(identity, row);
  }

  /** In order of key and window, without rows that were deleted. */
  sorted(): readonly Row[] {
    return [...this.rows.values()].filter((row) => row.values !== undefined).sort(compareRows);
  }
}
