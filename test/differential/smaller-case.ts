import type { Case } from './case';

/**
 * The case without the readings that it does not need to fail. The times of the others stay as they are, which
 * fast-check cannot do: it removes moves, and what comes after a move stands on it.
 */
export async function withoutNeedless(given: Case, fails: (smaller: Case) => Promise<boolean>): Promise<Case> {
  let smallest = given;
  for (let length = given.readings.length; length >= 1; length = Math.floor(length / 2)) {
    for (let from = smallest.readings.length - length; from >= 0; from -= length) {
      const smaller = { ...smallest, readings: smallest.readings.toSpliced(from, length) };
      if (await fails(smaller)) smallest = smaller;
    }
  }
  return smallest;
}
