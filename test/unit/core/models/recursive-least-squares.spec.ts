import { ByteReader, ByteWriter } from '../../../../src/core/aggregates/bytes';
import { RecursiveLeastSquares } from '../../../../src/core/models/recursive-least-squares';
import { seededRandom } from '../../../support/random';

const SIZE = 4;
const MEMORY = 0.9999;
const FIRST_VARIANCE = 0.1;

interface Sample {
  readonly features: Float64Array;
  readonly target: number;
  readonly trust: number;
}

function samples(count: number): Sample[] {
  const random = seededRandom(5);
  return Array.from({ length: count }, () => {
    const features = Float64Array.from({ length: SIZE }, () => random() * 2 - 1);
    const target = 3 * features[0]! - 2 * features[1]! + random();
    return { features, target, trust: 0.2 + random() };
  });
}

function learned(from: readonly Sample[]): RecursiveLeastSquares {
  const regression = RecursiveLeastSquares.of(SIZE);
  for (const { features, target, trust } of from) {
    regression.learn(features, target - regression.predict(features), trust);
  }
  return regression;
}

/** The weights that minimize the weighted squares plus the ridge, by Gaussian elimination on the normal equations. */
function solved(from: readonly Sample[]): number[] {
  const age = (i: number): number => MEMORY ** (from.length - 1 - i);
  const rows = Array.from({ length: SIZE }, (_, r) => {
    const left = Array.from({ length: SIZE }, (_, c) => {
      const ridge = r === c ? MEMORY ** from.length / FIRST_VARIANCE : 0;
      return from.reduce((sum, { features, trust }, i) => sum + age(i) * trust * features[r]! * features[c]!, ridge);
    });
    return [...left, from.reduce((sum, one, i) => sum + age(i) * one.trust * one.features[r]! * one.target, 0)];
  });
  for (let pivot = 0; pivot < SIZE; pivot++) {
    for (let r = 0; r < SIZE; r++) {
      if (r === pivot) continue;
      const factor = rows[r]![pivot]! / rows[pivot]![pivot]!;
      for (let c = pivot; c <= SIZE; c++) rows[r]![c]! -= factor * rows[pivot]![c]!;
    }
  }
  return rows.map((row, i) => row[SIZE]! / row[i]!);
}

const weightsOf = (regression: RecursiveLeastSquares): number[] =>
  Array.from({ length: SIZE }, (_, i) => regression.weight(i));

describe('recursive least squares', () => {
  it('has the weights of a weighted ridge regression over all samples so far', () => {
    const all = samples(300);
    for (const count of [1, 5, 300]) {
      const wanted = solved(all.slice(0, count));
      weightsOf(learned(all.slice(0, count))).forEach((weight, i) => expect(weight).toBeCloseTo(wanted[i]!, 9));
    }
  });

  it('goes on bit for bit from what was written', () => {
    const all = samples(200);
    const writer = new ByteWriter();
    learned(all.slice(0, 100)).write(writer);
    const restored = RecursiveLeastSquares.read(new ByteReader(writer.take()), SIZE);
    for (const { features, target, trust } of all.slice(100)) {
      restored.learn(features, target - restored.predict(features), trust);
    }
    expect(weightsOf(restored)).toEqual(weightsOf(learned(all)));
  });

  it('stays finite when a feature stands still for very long', () => {
    const regression = RecursiveLeastSquares.of(2);
    const features = Float64Array.of(1, 0);
    for (let i = 0; i < 200_000; i++) regression.learn(features, 1 - regression.predict(features), 1);
    regression.learn(Float64Array.of(0, 1), 5, 1);
    expect(regression.weight(0)).toBeCloseTo(1, 6);
    expect(Math.abs(regression.weight(1))).toBeLessThanOrEqual(5);
  });
});
