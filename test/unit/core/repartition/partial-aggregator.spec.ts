import { ByteReader, ByteWriter } from '../../../../src/core/aggregates/bytes';
import { sum } from '../../../../src/core/aggregates/sum';
import type { Aggregator } from '../../../../src/core/aggregates/aggregator';
import type { ReceivedPartial } from '../../../../src/core/repartition/partial';
import { PartialArgument, takingPartials } from '../../../../src/core/repartition/partial-aggregator';

const inner = sum.create([]) as Aggregator<unknown, number>;
const at = { timeMs: 0, offset: 0n };
const RANGE = 10n;

/** Sums of records and of partials: `[source, end, ...values]`, complete if the end is followed by `true`. */
class Received {
  readonly aggregator = takingPartials(sum.create([]), RANGE) as Aggregator<unknown, unknown>;
  state = this.aggregator.init();

  record(value: number): void {
    this.aggregator.add(this.state, value, at);
  }

  /** How many of its records were counted before. */
  partial(source: number, end: number, values: readonly number[], isComplete = false): number {
    const accumulator = inner.init();
    for (const value of values) inner.add(accumulator, value, at);
    const partial: ReceivedPartial = { source, end: BigInt(end), count: values.length, isComplete, countedBefore: 0 };
    this.aggregator.add(this.state, new PartialArgument(partial, accumulator), at);
    return partial.countedBefore;
  }

  get result(): unknown {
    return this.aggregator.result(this.state);
  }

  store(): void {
    const writer = new ByteWriter();
    this.aggregator.encode(this.state, writer);
    this.state = this.aggregator.decode(new ByteReader(writer.take()));
  }
}

describe.each([
  ['in memory', (): void => undefined],
  ['stored and loaded each time', (received: Received): void => received.store()],
])('an accumulator of records and partials, %s,', (_, between) => {
  let received: Received;
  const partial = (...args: Parameters<Received['partial']>): number => {
    const counted = received.partial(...args);
    between(received);
    return counted;
  };

  beforeEach(() => (received = new Received()));

  it('takes the partial of a range that goes furthest, whatever the order', () => {
    expect([partial(0, 4, [1, 2]), received.result]).toEqual([0, 3]);
    expect([partial(0, 7, [1, 2, 4]), received.result]).toEqual([2, 7]);
    expect([partial(0, 5, [1, 2]), received.result]).toEqual([2, 7]);
    expect([partial(0, 7, [1, 2, 4]), received.result]).toEqual([3, 7]);
  });

  it('adds partials of other ranges and source partitions, and records', () => {
    partial(0, 4, [1]);
    partial(1, 4, [2]);
    received.record(4);
    expect(partial(0, 12, [8])).toBe(0);
    partial(0, 13, [8, 16]);
    expect(received.result).toBe(31);
  });

  it('puts that of a complete range in the place of those before it, for good', () => {
    partial(0, 4, [1]);
    expect(partial(0, 4, [1], true)).toBe(1);
    partial(0, 15, [2]);
    expect(partial(0, 18, [2, 4], true)).toBe(1);
    expect(partial(0, 30, [8], true)).toBe(0);
    expect(received.result).toBe(15);
  });

  it('drops one of an older range than it has', () => {
    partial(0, 8, [1]);
    partial(0, 14, [2]);
    expect(partial(0, 8, [1])).toBe(1);
    expect(received.result).toBe(3);
  });

  it('is null while it has nothing', () => {
    between(received);
    expect(received.result).toBeNull();
  });
});

it('merging accumulators gives the result of all that they hold, and changes only the first', () => {
  const [one, other] = [new Received(), new Received()];
  one.partial(0, 4, [1]);
  other.partial(0, 4, [2]);
  other.record(4);
  const whole = one.aggregator.init();
  for (const { state } of [one, other]) one.aggregator.merge(whole, state);
  expect(one.aggregator.result(whole)).toBe(7);
  expect([one.result, other.result]).toEqual([1, 6]);
});
