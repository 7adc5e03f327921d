import { accumulate, type Sample } from '../../../support/aggregate-samples';
import { called, resultOfSamples } from '../../../support/called-aggregate';

/** A counter that grows by `i % 7` and is reset at each hundredth sample, one a second. */
function counter(length: number): Sample[] {
  let value = 0;
  return Array.from({ length }, (_, i) => {
    value = i % 100 === 99 ? 1 : value + (i % 7);
    return { value, timeMs: i * 1000, offset: BigInt(i) };
  });
}

/** What Prometheus' reset rule adds up to, for each second. */
function exactRate(samples: readonly Sample[]): number {
  const values = samples.map(({ value }) => value as number);
  const increases = values.slice(1).map((value, i) => (value >= values[i]! ? value - values[i]! : value));
  return increases.reduce((sum, increase) => sum + increase, 0) / (samples.length - 1);
}

describe('rate', () => {
  const samples = counter(1000);
  const exact = exactRate(samples);

  it('follows resets over many samples', () => expect(resultOfSamples('rate(x)', samples)).toBeCloseTo(exact, 12));

  it('is the same when samples come up to 32 places late', () => {
    const blocks = Array.from({ length: Math.ceil(samples.length / 32) }, (_, i) => samples.slice(i * 32, i * 32 + 32));
    const shuffled = blocks.flatMap((block) => block.reverse());
    expect(shuffled[0]).not.toBe(samples[0]);
    expect(resultOfSamples('rate(x)', shuffled)).toBeCloseTo(exact, 12);
  });

  it('is the same when partials that follow each other in time are merged, in any order', () => {
    const rate = called('rate(x)');
    const parts = [0, 1, 2, 3].map((i) => accumulate(rate, samples.slice(i * 250, (i + 1) * 250)));
    const [first, second, third, fourth] = parts;
    rate.merge(fourth, third);
    rate.merge(second, first);
    rate.merge(fourth, second);
    expect(rate.result(fourth)).toBeCloseTo(exact, 12);
  });

  it('is the same when samples before all others come last', () => {
    const late = [...samples.slice(2), samples[1]!, samples[0]!];
    expect(resultOfSamples('rate(x)', late)).toBeCloseTo(exact, 12);
  });

  it('is not changed by a sample that comes far too late, beside no reset', () => {
    const late = [...samples.slice(0, 500), ...samples.slice(501), samples[500]!];
    expect(resultOfSamples('rate(x)', late)).toBeCloseTo(exact, 12);
  });
});
