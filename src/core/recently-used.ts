/** Makes values when they are asked for and keeps those that were asked for last, at most `capacity` of them. */
export class RecentlyUsed<Key, Value> {
  /** In order of their last use. */
  private readonly entries = new Map<Key, Value>();
  private last: { readonly key: Key; readonly value: Value } | undefined;

  constructor(
    private readonly capacity: number,
    private readonly make: (key: Key) => Value,
  ) {}

  /** What `make` gave for the key, now or before; nothing is kept when it throws. */
  get(key: Key): Value {
    if (this.last?.key === key) return this.last.value;
    const value = this.entries.has(key) ? this.entries.get(key)! : this.make(key);
    this.entries.delete(key);
    this.entries.set(key, value);
    if (this.entries.size > this.capacity) this.entries.delete(this.entries.keys().next().value!);
    this.last = { key, value };
    return value;
  }

  get size(): number {
    return this.entries.size;
  }
}
