import { messageOf } from '../core/errors';
import type { GuestCalls } from './guest-calls';
import { LANE, SHARED_BYTES } from './lanes';

const NOWHERE = -1;

/**
 * An accumulator of the sandbox, as the task keeps it. It is in one of the sandbox's places, or is the bytes that it is stored
 * as, or is new; with both, the bytes say the same.
 */
export class SandboxedAccumulator {
  /** Nothing was added, and the sandbox has none. */
  isNew = true;
  place = NOWHERE;
  stored: Uint8Array | undefined;
  /** What the aggregator says that it takes in memory; -1 where it does not say. */
  sizeBytes = -1;
  /** Why it could not be stored when its place was needed. */
  lost: Error | undefined;

  constructor(
    /** The sandbox's number of its aggregator. */
    readonly aggregator: number,
  ) {}
}

const PLACES = 1_024;

/**
 * The accumulators that are in the sandbox: a bounded number of those used last. Others are outside, as bytes. So the
 * sandbox's memory does not grow with the state, and an accumulator that the task forgets is forgotten in time.
 */
export class AccumulatorPlaces {
  private readonly taken: (SandboxedAccumulator | undefined)[] = Array.from({ length: PLACES });
  private readonly used = new Uint8Array(PLACES);
  private hand = 0;
  private bytes = 0;

  constructor(
    private readonly calls: GuestCalls,
    /** Of accumulators that say their size, so much is in the sandbox at a time. */
    private readonly mostBytes: number,
  ) {}

  /** Sees to it that an accumulator is in the sandbox, or has a place to be made in, and that it stays beside `other`. */
  bring(accumulator: SandboxedAccumulator, other?: SandboxedAccumulator): number {
    if (accumulator.lost) throw accumulator.lost;
    if (accumulator.place !== NOWHERE) {
      this.used[accumulator.place] = 1;
      return accumulator.place;
    }
    const place = this.free(other);
    if (accumulator.stored) this.decode(accumulator, place, accumulator.stored);
    this.put(accumulator, place);
    return place;
  }

  private put(accumulator: SandboxedAccumulator, place: number): void {
    this.taken[place] = accumulator;
    this.used[place] = 1;
    accumulator.place = place;
    this.bytes += Math.max(accumulator.sizeBytes, 0);
  }

  /** Makes it as `init` does, where nothing has yet. */
  make(accumulator: SandboxedAccumulator): void {
    if (!accumulator.isNew) return;
    const place = this.bring(accumulator);
    this.calls.lanes[LANE.of] = accumulator.aggregator;
    this.calls.lanes[LANE.at] = place;
    this.changed(accumulator, this.calls.call('init'));
  }

  /** After a call that changed it. */
  changed(accumulator: SandboxedAccumulator, sizeBytes: unknown): void {
    accumulator.isNew = false;
    accumulator.stored = undefined;
    this.resize(accumulator, sizeBytes);
  }

  /** How it is stored. */
  encoded(accumulator: SandboxedAccumulator): Uint8Array {
    if (accumulator.lost) throw accumulator.lost;
    this.make(accumulator);
    return (accumulator.stored ??= this.encode(accumulator));
  }

  /** Reads an accumulator from the front of bytes, into the sandbox. Returns how many it took. */
  read(accumulator: SandboxedAccumulator, bytes: Uint8Array): number {
    const place = this.free();
    const length = this.decode(accumulator, place, bytes);
    accumulator.isNew = false;
    accumulator.stored = bytes.slice(0, length);
    this.put(accumulator, place);
    return length;
  }

  private resize(accumulator: SandboxedAccumulator, sizeBytes: unknown): void {
    const now = Number(sizeBytes);
    this.bytes += Math.max(now, 0) - Math.max(accumulator.sizeBytes, 0);
    accumulator.sizeBytes = now;
  }

  /** A place that nothing is in: that of one that was not used since the hand came by (the clock algorithm). */
  private free(other?: SandboxedAccumulator): number {
    while (this.bytes > this.mostBytes && this.taken.some((one) => one !== undefined && one !== other))
      this.empty(other);
    const at = this.next(other);
    this.evict(at);
    return at;
  }

  /** Empties the next place in turn that is taken. */
  private empty(other: SandboxedAccumulator | undefined): void {
    let at = this.next(other);
    while (!this.taken[at]) at = this.next(other);
    this.evict(at);
    this.calls.lanes[LANE.at] = at;
    this.calls.call('drop');
  }

  private next(other: SandboxedAccumulator | undefined): number {
    for (;;) {
      const at = this.hand;
      this.hand = (this.hand + 1) % PLACES;
      if (this.taken[at] === undefined) return at;
      if (this.used[at] === 0 && this.taken[at] !== other) return at;
      this.used[at] = 0;
    }
  }

  /** An error in storing one is an error of whoever uses it next, not of who needed its place. */
  private evict(at: number): void {
    const accumulator = this.taken[at];
    if (!accumulator) return;
    try {
      if (!accumulator.isNew) accumulator.stored ??= this.encode(accumulator);
    } catch (thrown) {
      accumulator.lost = thrown instanceof Error ? thrown : new Error(messageOf(thrown));
    }
    this.bytes -= Math.max(accumulator.sizeBytes, 0);
    accumulator.place = NOWHERE;
    this.taken[at] = undefined;
  }

  private encode(accumulator: SandboxedAccumulator): Uint8Array {
    const { calls } = this;
    calls.lanes[LANE.of] = accumulator.aggregator;
    calls.lanes[LANE.at] = accumulator.place;
    const length = Number(calls.call('encode'));
    if (length <= SHARED_BYTES) return calls.bytes.slice(0, length);
    const encoded = new Uint8Array(length);
    for (let from = 0; from < length; from += SHARED_BYTES) {
      calls.lanes[LANE.values] = from;
      calls.call('takePart');
      encoded.set(calls.bytes.subarray(0, length - from), from);
    }
    return encoded;
  }

  private decode(accumulator: SandboxedAccumulator, place: number, bytes: Uint8Array): number {
    const { calls } = this;
    this.give(bytes);
    const { lanes } = calls;
    lanes[LANE.of] = accumulator.aggregator;
    lanes[LANE.at] = place;
    lanes[LANE.values] = bytes.length;
    accumulator.sizeBytes = Number(calls.call('decode'));
    return calls.lanes[LANE.values]!;
  }

  private give(bytes: Uint8Array): void {
    const { calls } = this;
    if (bytes.length <= SHARED_BYTES) return calls.bytes.set(bytes);
    for (let from = 0; from < bytes.length; from += SHARED_BYTES) {
      calls.bytes.set(bytes.subarray(from, from + SHARED_BYTES));
      calls.lanes[LANE.values] = bytes.length;
      calls.lanes[LANE.values + 1] = from;
      calls.call('givePart');
    }
  }
}
