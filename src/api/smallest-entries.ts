import type { EntryWrite } from '../core/ports/state-store.port';

/**
 * Of all entries offered, the `limit` smallest by name that come after `after`, each once: pages through a segment
 * whose scan has no order, in bounded memory.
 */
export class SmallestEntries {
  private kept: EntryWrite[] = [];

  constructor(
    private readonly limit: number,
    private readonly after: string | undefined,
  ) {}

  offer(entries: readonly EntryWrite[]): void {
    for (const entry of entries) {
      if (this.after === undefined || entry.entry > this.after) this.kept.push(entry);
    }
    if (this.kept.length >= 2 * this.limit) this.trim();
  }

  take(): readonly EntryWrite[] {
    this.trim();
    return this.kept;
  }

  private trim(): void {
    const byName = new Map(this.kept.map((entry) => [entry.entry, entry]));
    this.kept = [...byName.values()].sort((a, b) => (a.entry < b.entry ? -1 : 1)).slice(0, this.limit);
  }
}
