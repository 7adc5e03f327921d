import type { JsonValue } from '../json';
import { addTo, type CompensatedSum, mergeSums, valueOf, zeroSum } from './compensated-sum';
import { type Counter, CounterHeap, heavierFirst } from './counter-heap';
import { type IdentityKey, identityKey } from './identity-key';
import { valueBytes } from './kept-value';

const COUNTER_BYTES = 110;

/**
 * Counters of the heaviest values. While there are no more different values than counters, sums are exact. After that the
 * lightest counter is given to each new value, which takes its sum over: a sum is never below the true one and above it by
 * at most the total over the capacity, and every value heavier than that is there, if no weight is negative.
 * Sources: A. Metwally, D. Agrawal, A. El Abbadi, "Efficient Computation of Frequent and Top-k Elements in Data Streams"
 * (2005); for merging P. K. Agarwal et al., "Mergeable Summaries" (2012), section 3.
 */
export class SpaceSaving {
  private counters = new Map<IdentityKey, Counter>();
  /** Made when a lightest counter is first needed. */
  private heap: CounterHeap | undefined;
  private bytes = 0;

  /** `isExact` holds until a counter changed hands; then all counters are in use. */
  constructor(
    private readonly capacity: number,
    private exact = true,
  ) {}

  get size(): number {
    return this.counters.size;
  }

  get isExact(): boolean {
    return this.exact;
  }

  get sizeBytes(): number {
    return this.bytes;
  }

  add(value: JsonValue, weight: number): void {
    const key = identityKey(value);
    const known = this.counters.get(key);
    if (known) {
      addTo(known, weight);
      this.heap?.changed(known);
    } else if (this.counters.size < this.capacity) {
      this.put({ value, key, sum: weight, compensation: 0, place: 0 });
    } else this.replaceLightest(value, key, weight);
  }

  /** Counts a value that has no counter yet, while there are free ones. */
  put(counter: Counter): void {
    this.counters.set(counter.key, counter);
    this.bytes += bytesOf(counter);
    this.heap = undefined;
  }

  /** Heaviest first. */
  inOrder(): Counter[] {
    return [...this.counters.values()].sort(heavierFirst);
  }

  /**
   * Exact as long as the values of both together have counters. Otherwise what every counter may have too much is taken
   * off, sums are added, and what the counters that are left cannot hold is spread over them again.
   */
  merge(from: SpaceSaving): void {
    if (from.size === 0) return;
    const total = totalOf([...this.counters.values(), ...from.counters.values()]);
    const union = new Map<IdentityKey, Counter>();
    this.addSureTo(union);
    from.addSureTo(union);
    const isExact = this.exact && from.exact && union.size <= this.capacity;
    const kept = [...union.values()].sort(heavierFirst).slice(0, this.capacity);
    if (!isExact) spread(total, kept, this.capacity);
    this.exact = isExact;
    this.counters = new Map();
    this.heap = undefined;
    this.bytes = 0;
    for (const counter of kept) this.put(counter);
  }

  /** Adds the part of each sum that no other value can have left behind. */
  private addSureTo(union: Map<IdentityKey, Counter>): void {
    const doubt = this.exact ? zeroSum() : negated(this.lightest());
    for (const counter of this.counters.values()) {
      const sure = { ...counter };
      mergeSums(sure, doubt);
      const known = union.get(counter.key);
      if (known) mergeSums(known, sure);
      else union.set(counter.key, sure);
    }
  }

  private lightest(): Counter {
    this.heap ??= new CounterHeap(this.counters.values());
    return this.heap.top;
  }

  private replaceLightest(value: JsonValue, key: IdentityKey, weight: number): void {
    const lightest = this.lightest();
    const { sum, compensation } = lightest;
    const counter = { value, key, sum, compensation, place: 0 };
    addTo(counter, weight);
    this.counters.delete(lightest.key);
    this.counters.set(key, counter);
    this.heap?.replaceTop(counter);
    this.bytes += bytesOf(counter) - bytesOf(lightest);
    this.exact = false;
  }
}

/** Lowers all sums by that of the last counter, then raises them evenly until they make up the total again. */
function spread(total: CompensatedSum, counters: readonly Counter[], capacity: number): void {
  const cut = negated(counters[capacity - 1]!);
  for (const counter of counters) mergeSums(counter, cut);
  mergeSums(total, negated(totalOf(counters)));
  const share = valueOf(total) / capacity;
  for (const counter of counters) addTo(counter, share);
}

function totalOf(counters: readonly Counter[]): CompensatedSum {
  const total = zeroSum();
  for (const counter of counters) mergeSums(total, counter);
  return total;
}

function negated({ sum, compensation }: CompensatedSum): CompensatedSum {
  return { sum: -sum, compensation: -compensation };
}

function bytesOf({ value }: Counter): number {
  return COUNTER_BYTES + valueBytes(value);
}
