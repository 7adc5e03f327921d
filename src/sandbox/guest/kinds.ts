import type { SpecialKinds } from '../values';

const BILLION = 1_000_000_000n;

/** A duration of CEL as functions see it: what the library's own has for reading. */
class Duration {
  constructor(
    readonly seconds: bigint,
    readonly nanos: number,
  ) {}

  /** Milliseconds. */
  valueOf(): number {
    return Number(this.seconds) * 1000 + this.nanos / 1_000_000;
  }

  static fromMilliseconds(ms: number): Duration {
    const nanos = BigInt(Math.trunc(ms * 1_000_000));
    return new Duration(nanos / BILLION, Number(nanos % BILLION));
  }
}

class UnsignedInt {
  constructor(readonly value: bigint) {}

  valueOf(): bigint {
    return this.value;
  }

  toString(): string {
    return `${this.value}`;
  }
}

export const guestKinds: SpecialKinds = {
  durationIn: (value) => (value instanceof Duration ? value : undefined),
  duration: (seconds, nanos) => new Duration(seconds, nanos),
  unsignedIn: (value) => (value instanceof UnsignedInt ? value.value : undefined),
  unsigned: (value) => new UnsignedInt(value),
};
