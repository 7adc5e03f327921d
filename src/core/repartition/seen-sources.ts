import type { SourceProgress } from '../ports/state-store.port';
import type { RecordOrigin } from './record-origin';

/** The watermark of a source partition that has accepted nothing: it holds no other back. */
const NO_TIME = Infinity;

/**
 * What a task has seen of each partition of its pipeline's source by way of the repartition topic; `semantics.md` section 8.
 *
 * Whoever shuffles a partition appends its records in order of offset, and begins at a checkpoint before which all are
 * appended. So whatever number of owners append side by side, the first appearance of a record comes after those of all
 * records before it: one that is not beyond the greatest seen was seen.
 */
export class SeenSources {
  private readonly sources = new Map<number, SourceProgress>();
  private leastMs = -1;

  /** `count` partitions are waited for until they have told their time. */
  constructor(
    private readonly count: number,
    restored: readonly SourceProgress[] = [],
  ) {
    for (const source of restored) this.sources.set(source.partition, source);
    this.leastMs = this.least();
  }

  /** The least watermark of the source partitions, epoch ms; -1 while one of them has not told its own, or none has any. */
  get watermarkMs(): number {
    return this.leastMs;
  }

  /** In order of partition. */
  get progress(): readonly SourceProgress[] {
    return [...this.sources.values()].sort((a, b) => a.partition - b.partition);
  }

  /** Remembers a record or a mark; false for a record that was seen before. A mark changes the time only. */
  take(origin: RecordOrigin): boolean {
    const { partition, offset, index, isMark } = origin;
    const before = this.sources.get(partition);
    const seen = before ?? { partition, offset: -1n, index: 0, watermarkMs: -1 };
    const isNew = !isMark && isBeyond(origin, seen);
    if (!isMark && !isNew) return false;
    const watermarkMs = later(seen.watermarkMs, origin);
    if (isNew || watermarkMs !== seen.watermarkMs) {
      const at = isNew ? { offset, index } : { offset: seen.offset, index: seen.index };
      this.sources.set(partition, { partition, ...at, watermarkMs });
    }
    if (
      !before ||
      (watermarkMs !== seen.watermarkMs && seen.watermarkMs <= this.leastMs) ||
      seen.watermarkMs === NO_TIME
    ) {
      this.leastMs = this.least();
    }
    return isNew;
  }

  private least(): number {
    let least = NO_TIME;
    for (let partition = 0; partition < this.count; partition++) {
      least = Math.min(least, this.sources.get(partition)?.watermarkMs ?? -1);
    }
    for (const { watermarkMs } of this.sources.values()) least = Math.min(least, watermarkMs);
    return least === NO_TIME ? -1 : least;
  }
}

function isBeyond(origin: RecordOrigin, seen: SourceProgress): boolean {
  return origin.offset > seen.offset || (origin.offset === seen.offset && origin.index > seen.index);
}

function later(watermarkMs: number, origin: RecordOrigin): number {
  if (origin.watermarkMs < 0) return origin.isMark && watermarkMs < 0 ? NO_TIME : watermarkMs;
  return watermarkMs === NO_TIME ? origin.watermarkMs : Math.max(watermarkMs, origin.watermarkMs);
}
