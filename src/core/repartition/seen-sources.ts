import type { SourceProgress } from '../ports/state-store.port';
import type { RecordOrigin } from './record-origin';

/** The watermark of a source partition that has accepted nothing: it holds no other back. */
const NO_TIME = Infinity;

export interface SeenSourcesOptions {
  readonly restored?: readonly SourceProgress[];
  /** Whether partial aggregates come: then all that was before a mark or a record has come before it. */
  readonly takesPartials?: boolean;
}

/**
 * What a task has seen of each partition of its pipeline's source by way of the repartition topic; `semantics.md` section 8.
 *
 * Whoever shuffles a partition appends its records in order of offset, and begins at a checkpoint before which all are
 * appended. So whatever number of owners append side by side, the first appearance of a record comes after those of all
 * records before it: one that is not beyond the greatest seen was seen. The same holds of the partials of complete
 * ranges, which come in their place among the records.
 */
export class SeenSources {
  private readonly sources = new Map<number, SourceProgress>();
  private readonly takesPartials: boolean;
  private leastMs = -1;

  /** `count` partitions are waited for until they have told their time. */
  constructor(
    private readonly count: number,
    { restored = [], takesPartials = false }: SeenSourcesOptions = {},
  ) {
    this.takesPartials = takesPartials;
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

  /**
   * Remembers a record or a mark; false for a record that was seen before. A mark changes the time only. Of a partial of
   * an incomplete range it is known only sometimes that it was seen; accumulators know the rest.
   */
  take(origin: RecordOrigin): boolean {
    const { partition, offset, index, isMark, partial } = origin;
    const seen = this.of(partition);
    const isNew = !isMark && isBeyond(origin, seen) && !(partial && isToldComplete(partial.end, seen));
    if (!isMark && !isNew) return false;
    const place = isNew && partial?.isComplete !== false ? { offset, index } : {};
    const told = this.takesPartials && !partial ? { completeTo: greater(seen.completeTo, offset) } : {};
    this.hear(origin);
    this.sources.set(partition, { ...this.of(partition), ...place, ...told });
    return isNew;
  }

  /** Takes the time only, which may be done before the record is taken: who has seen it knows its time. */
  hear(origin: RecordOrigin): void {
    const { partition } = origin;
    const isKnown = this.sources.has(partition);
    const seen = this.of(partition);
    const watermarkMs = later(seen.watermarkMs, origin);
    if (isKnown && watermarkMs === seen.watermarkMs) return;
    this.sources.set(partition, { ...seen, watermarkMs });
    if (!isKnown || seen.watermarkMs <= this.leastMs || seen.watermarkMs === NO_TIME) this.leastMs = this.least();
  }

  private of(partition: number): SourceProgress {
    return this.sources.get(partition) ?? { partition, offset: -1n, index: 0, watermarkMs: -1 };
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

/** Whether everything in a partial that ends there had to come before a mark or a record that did. */
function isToldComplete(end: bigint, { completeTo }: SourceProgress): boolean {
  return completeTo !== undefined && end <= completeTo;
}

function greater(known: bigint | undefined, offset: bigint): bigint {
  return known === undefined || offset > known ? offset : known;
}

function later(watermarkMs: number, origin: RecordOrigin): number {
  if (origin.watermarkMs < 0) return origin.isMark && watermarkMs < 0 ? NO_TIME : watermarkMs;
  return watermarkMs === NO_TIME ? origin.watermarkMs : Math.max(watermarkMs, origin.watermarkMs);
}
