/** One number that Prometheus is shown. */
export interface RowValue {
  readonly pipeline: string;
  /** Of the sink. */
  readonly name: string;
  /** The row's, as text. */
  readonly key: string;
  readonly value: number;
}

/** What one task shows. */
export interface ShownValues {
  readonly pipeline: string;
  readonly name: string;
  values(): Iterable<readonly [key: string, value: number]>;
}

/** What `metrics` sinks of this process show now, and how often they had no room. Bounded by their `maxSeries`. */
export class RowValues {
  private readonly parts = new Set<ShownValues>();
  /** By pipeline and name of the sink. */
  private readonly droppedBy = new Map<string, { readonly pipeline: string; readonly name: string; count: number }>();

  /** What the task shows is shown until the function that is returned is called. */
  show(part: ShownValues): () => void {
    this.parts.add(part);
    return () => void this.parts.delete(part);
  }

  /** A key is not shown any more, or not at all, for want of room. */
  addDropped(pipeline: string, name: string): void {
    const of = `${pipeline} ${name}`;
    const entry = this.droppedBy.get(of) ?? { pipeline, name, count: 0 };
    entry.count += 1;
    this.droppedBy.set(of, entry);
  }

  *all(): Generator<RowValue> {
    for (const { pipeline, name, values } of this.parts)
      for (const [key, value] of values()) yield { pipeline, name, key, value };
  }

  dropped(): Iterable<{ readonly pipeline: string; readonly name: string; readonly count: number }> {
    return this.droppedBy.values();
  }
}
