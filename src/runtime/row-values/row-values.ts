/** Whose numbers they are. */
export interface ValuesPlace {
  readonly pipeline: string;
  /** Of the sink. */
  readonly name: string;
}

/** The number of one key. */
export interface KeyValue {
  /** The row's, as text. */
  readonly key: string;
  /** What people call the key; empty if nobody says. */
  readonly title: string;
  readonly value: number;
}

/** One number that Prometheus is shown. */
export type RowValue = ValuesPlace & KeyValue;

/** What one task shows. */
export interface ShownValues extends ValuesPlace {
  values(): Iterable<KeyValue>;
}

export interface DroppedValues extends ValuesPlace {
  readonly count: number;
}

/** What `metrics` sinks of this process show now, and how often they had no room for a key. Bounded by their `maxSeries`. */
export class RowValues {
  private readonly parts = new Set<ShownValues>();
  private readonly counts = new Map<string, DroppedValues>();

  /** What the task shows is shown until the function that is returned is called. */
  show(part: ShownValues): () => void {
    this.count(part, 0);
    this.parts.add(part);
    return () => void this.parts.delete(part);
  }

  /** A key had a number in a checkpoint, and there was no room for it. */
  addDropped(place: ValuesPlace): void {
    this.count(place, 1);
  }

  *all(): Generator<RowValue> {
    for (const { pipeline, name, values } of this.parts)
      for (const value of values()) yield { pipeline, name, ...value };
  }

  /** Since the process began, of each sink that it has shown anything of. */
  dropped(): Iterable<DroppedValues> {
    return this.counts.values();
  }

  private count({ pipeline, name }: ValuesPlace, more: number): void {
    const of = `${pipeline} ${name}`;
    this.counts.set(of, { pipeline, name, count: (this.counts.get(of)?.count ?? 0) + more });
  }
}
