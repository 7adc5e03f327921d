import { type CompensatedSum, valueOf } from './compensated-sum';
import type { JsonValue } from '../json';
import { type IdentityKey, isKeyBefore } from './identity-key';

/** How much one value weighs. */
export interface Counter extends CompensatedSum {
  readonly value: JsonValue;
  readonly key: IdentityKey;
  /** Where it stands in a {@link CounterHeap}. */
  place: number;
}

/** Heaviest first, equal ones by key: a total order, so that nothing depends on how counters are kept. */
export function heavierFirst(left: Counter, right: Counter): number {
  const difference = valueOf(right) - valueOf(left);
  if (difference !== 0) return difference;
  return isKeyBefore(left.key, right.key) ? -1 : 1;
}

/** A binary heap of counters: the last of their order is on top. */
export class CounterHeap {
  private readonly counters: Counter[];

  constructor(counters: Iterable<Counter>) {
    // A list in reverse order is a heap.
    this.counters = [...counters].sort(heavierFirst).reverse();
    this.counters.forEach((counter, place) => (counter.place = place));
  }

  get top(): Counter {
    return this.counters[0]!;
  }

  replaceTop(counter: Counter): void {
    this.set(0, counter);
    this.sink(counter);
  }

  /** To be called when the counter's sum has changed. */
  changed(counter: Counter): void {
    this.rise(counter);
    this.sink(counter);
  }

  private rise(counter: Counter): void {
    while (counter.place > 0) {
      const parent = this.counters[(counter.place - 1) >>> 1]!;
      if (heavierFirst(parent, counter) >= 0) return;
      this.swap(parent, counter);
    }
  }

  private sink(counter: Counter): void {
    for (;;) {
      const left = this.counters[2 * counter.place + 1];
      if (!left) return;
      const right = this.counters[2 * counter.place + 2];
      const child = right && heavierFirst(right, left) > 0 ? right : left;
      if (heavierFirst(counter, child) >= 0) return;
      this.swap(counter, child);
    }
  }

  private swap(left: Counter, right: Counter): void {
    const { place } = left;
    this.set(right.place, left);
    this.set(place, right);
  }

  private set(place: number, counter: Counter): void {
    counter.place = place;
    this.counters[place] = counter;
  }
}
