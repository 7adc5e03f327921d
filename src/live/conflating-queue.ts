import type { FeedRow, ParsedEntry } from './feed-row';
import type { FeedVector } from './feed-vector';

/** What waits to be sent to one client. */
export interface PendingRows {
  readonly rows: readonly FeedRow[];
  /** How far the client has read once it has them. */
  readonly vector: FeedVector;
}

/**
 * Holds the newest revision of each changed row until the client can take more, so that a slow client costs memory for
 * rows and not for changes. When more than `maxRows` rows wait it forgets them: the client then needs a new snapshot.
 */
export class ConflatingQueue {
  private readonly rows = new Map<string, FeedRow>();
  private overflow = false;

  constructor(
    private vector: FeedVector,
    private readonly maxRows: number,
  ) {}

  /** More waited than is kept. Cleared by {@link restart}. */
  get overflowed(): boolean {
    return this.overflow;
  }

  get isEmpty(): boolean {
    return this.rows.size === 0;
  }

  get position(): FeedVector {
    return this.vector;
  }

  push({ partition, id }: ParsedEntry, rows: readonly FeedRow[]): void {
    this.vector = this.vector.with(partition, id);
    if (this.overflow) return;
    for (const row of rows) this.keep(row);
    if (this.rows.size > this.maxRows) {
      this.rows.clear();
      this.overflow = true;
    }
  }

  take(): PendingRows {
    const rows = [...this.rows.values()];
    this.rows.clear();
    return { rows, vector: this.vector };
  }

  /** Forgets what waits; `vector` is how far the client has read. */
  restart(vector: FeedVector): void {
    this.rows.clear();
    this.overflow = false;
    this.vector = vector;
  }

  private keep(row: FeedRow): void {
    const held = this.rows.get(row.identity);
    if (held && isOlder(row, held)) return;
    this.rows.delete(row.identity);
    this.rows.set(row.identity, row);
  }
}

/** As `isNewer` has it: of equal revisions a deletion wins. */
function isOlder(row: FeedRow, held: FeedRow): boolean {
  return row.revision < held.revision || (row.revision === held.revision && held.deleted && !row.deleted);
}
