import fc from 'fast-check';
import type { Case, CaseWindow, Kind } from './case';
import { type Disorder, type Move, timesOf } from './case-times';

const MOST_READINGS = 100;
const MOST_KEYS = 30;
/** In 1970 Kafka Streams has rules of its own, so some cases are there. */
const STARTS = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1_600_000_000_000, max: 1_600_009_999_999 }) },
  { weight: 1, arbitrary: fc.constant(0) },
);

/** Random cases of one kind of window; they shrink towards few records, short windows and no grace. */
export function casesOf(kind: Kind): fc.Arbitrary<Case> {
  return fc
    .record({
      window: windowsOf(kind),
      emit: fc.constantFrom('update', 'both', 'close'),
      startMs: STARTS,
      disorder: fc.constantFrom<Disorder>('none', 'slight', 'heavy', 'heavy'),
      keys: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: MOST_KEYS })),
      draws: fc.array(fc.record({ move: MOVES, key: fc.nat({ max: MOST_KEYS }), x: VALUES }), {
        maxLength: MOST_READINGS,
        size: 'max',
      }),
    })
    .map(({ window, emit, startMs, disorder, keys, draws }) => {
      const moves = draws.map(({ move }) => move);
      const times = timesOf(moves, window, { atMs: startMs, disorder });
      const readings = draws.map(({ key, x }, i) => ({ key: `k${key % keys}`, atMs: times[i]!, x }));
      return { window, emit, readings };
    });
}

function windowsOf(kind: Kind): fc.Arbitrary<CaseWindow> {
  return fc
    .record({ sizeMs: SIZES, graceQuarters: GRACES, graceMs: fc.constantFrom(0, 0, 1, 7), parts: PARTS })
    .map(({ sizeMs, graceQuarters, graceMs, parts: { count, skew } }) => ({
      kind,
      sizeMs,
      advanceMs: kind === 'hopping' ? advanceOf(sizeMs, count, skew) : sizeMs,
      graceMs: Math.floor((graceQuarters * sizeMs) / 4) + graceMs,
    }));
}

/** Millrace refuses windows that size and advance cut into more slices than this. */
const MOST_SLICES = 10_000;
/** Divides the sizes below that are longer. */
const PARTS_OF_LONG = 240;

function advanceOf(sizeMs: number, windows: number, skew: number): number {
  const unitMs = sizeMs > MOST_SLICES ? sizeMs / PARTS_OF_LONG : 1;
  const units = sizeMs / unitMs;
  return unitMs * Math.min(units, Math.max(1, Math.floor(units / windows) + skew));
}

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const SIZES = fc.oneof(
  fc.integer({ min: 1, max: 12 }),
  fc.integer({ min: 13, max: 5 * SECOND }),
  fc.constantFrom(10 * SECOND, 60 * SECOND, HOUR, 24 * HOUR),
);
/** Quarters of the size. */
const GRACES = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 8 }) },
  { weight: 1, arbitrary: fc.constantFrom(40, 400) },
);
/** How many hopping windows a record is in, about. */
const PARTS = fc.record({ count: fc.integer({ min: 1, max: 12 }), skew: fc.integer({ min: -1, max: 1 }) });
const VALUES = fc.integer({ min: -4_000_000, max: 4_000_000 }).map((quarters) => quarters / 4);

const EDGES: fc.Arbitrary<Move> = fc.record({
  from: fc.constantFrom('stream time', 'boundary', 'record'),
  record: fc.nat({ max: MOST_READINGS }),
  sizes: fc.constantFrom(0, 1, -1, -2),
  graces: fc.constantFrom(0, -1, 1),
  ms: fc.integer({ min: -1, max: 1 }),
});
const STEPS: fc.Arbitrary<Move> = fc.record({
  from: fc.constant('stream time'),
  record: fc.constant(0),
  sizes: fc.integer({ min: -120, max: 100 }).map((percent) => percent / 60),
  graces: fc.constant(0),
  ms: fc.integer({ min: -2, max: 2 }),
});
const MOVES = fc.oneof({ weight: 3, arbitrary: STEPS }, { weight: 2, arbitrary: EDGES });
