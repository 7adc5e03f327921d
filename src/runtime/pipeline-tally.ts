import type { CloseReason, Row } from '../core/row/row';
import { LatenessSketch } from './lateness-sketch';

/** Final rows by why their window was closed. */
export type ClosedRows = Readonly<Record<CloseReason, number>>;

/** What became of one pipeline's records and windows in this process since it started. */
export class PipelineTally {
  readonly lateness = new LatenessSketch();
  private readonly closed: Record<CloseReason, number> = { watermark: 0, idle: 0, 'end-of-input': 0, count: 0 };

  addClosed(reason: CloseReason, rows: number): void {
    this.closed[reason] += rows;
  }

  get closedRows(): ClosedRows {
    return { ...this.closed };
  }
}

/** How many of the rows are final, for each reason that any has. */
export function closedByReason(rows: readonly Row[]): ReadonlyMap<CloseReason, number> {
  const counts = new Map<CloseReason, number>();
  for (const { closeReason } of rows) {
    if (closeReason !== undefined) counts.set(closeReason, (counts.get(closeReason) ?? 0) + 1);
  }
  return counts;
}
