import fc from 'fast-check';

import type { Row } from '../../src/core/row/row';
import { compiledWith, EPOCH_MS, type Reading, recordOf } from '../support/pipelines';
import { TaskHarness } from '../support/task-harness';

const GRACE_S = 3;
const AMEND_S = 6;

const reading = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  step: fc.integer({ min: -14, max: 6 }),
  x: fc.option(fc.integer({ min: -1000, max: 1000 }), { nil: null }),
});

/** Times go on, with some records out of order. */
function readingsOf(draws: readonly { key: string; step: number; x: number | null }[]): Reading[] {
  let now = 100;
  return draws.map(({ key, step, x }) => {
    now = Math.max(now, now + step);
    return { key, x, at: Math.max(0, now + Math.min(step, 0)) };
  });
}

/** The last record shares a slice with a window whose time for corrections has just ended, and with open ones. */
const AFTER_THE_LAST_CORRECTION: { key: 'a' | 'b' | 'c'; step: number; x: number | null }[] = [
  { key: 'a', step: 0, x: null },
  { key: 'c', step: -11, x: null },
  { key: 'a', step: 3, x: null },
  { key: 'c', step: -10, x: null },
];

type Span = readonly [start: number, end: number];

/** The windows that hold a time, all in seconds, by trying every one that could. */
const ALIGNED: Record<string, { window: Record<string, unknown>; holding: (at: number) => Span[] }> = {
  tumbling: {
    window: { kind: 'tumbling', size: '10s', offset: '4s' },
    holding: (at) => spans(at, (k) => [10 * k + 4, 10 * k + 14]),
  },
  hopping: {
    window: { kind: 'hopping', size: '10s', advance: '3s', offset: '1s' },
    holding: (at) => spans(at, (k) => [3 * k + 1, 3 * k + 11]),
  },
  'hopping without overlap': {
    window: { kind: 'hopping', size: '4s', advance: '4s' },
    holding: (at) => spans(at, (k) => [4 * k, 4 * k + 4]),
  },
  cumulative: {
    window: { kind: 'cumulative', size: '12s', step: '3s' },
    holding: (at) => [1, 2, 3, 4].flatMap((j) => spans(at, (k) => [12 * k, 12 * k + 3 * j])),
  },
};

/** Those of the windows number `k` that hold the time, in seconds since 1970. */
function spans(at: number, spanOf: (k: number) => Span): Span[] {
  const time = EPOCH_MS / 1000 + at;
  return numbersAround(time, spanOf)
    .map(spanOf)
    .filter(([start, end]) => start <= time && time < end);
}

function numbersAround(time: number, spanOf: (k: number) => Span): number[] {
  const every = spanOf(1)[0] - spanOf(0)[0];
  const middle = Math.floor(time / every);
  return Array.from({ length: 21 }, (_, i) => middle - 10 + i);
}

interface Expected {
  readonly rows: Record<string, unknown>;
  readonly late: number;
}

/** `semantics.md` 2, 4 and 6 once more: a record is in each window of which `end + grace + amend` is after the watermark. */
function oracle(readings: readonly Reading[], holding: (at: number) => Span[], amendS: number): Expected {
  const windows = new Map<string, (number | null)[]>();
  let watermark = -Infinity;
  let late = 0;
  for (const { key, at, x } of readings) {
    const now = EPOCH_MS / 1000 + at;
    watermark = Math.max(watermark, now);
    const all = holding(at);
    if (all.every(([, end]) => end + GRACE_S <= watermark)) late += 1;
    for (const [start, end] of all) {
      if (end + GRACE_S + amendS <= watermark) continue;
      const name = `${key}@${start}-${end}`;
      windows.set(name, [...(windows.get(name) ?? []), x]);
    }
  }
  return { rows: Object.fromEntries([...windows].map(([name, values]) => [name, resultsOf(values)])), late };
}

function resultsOf(values: readonly (number | null)[]): unknown {
  const present = values.filter((x) => x !== null);
  const total = present.reduce((sum, x) => sum + x, 0);
  const none = present.length === 0;
  return {
    n: values.length,
    total: none ? null : total,
    mean: none ? null : total / present.length,
    least: none ? null : Math.min(...present),
    most: none ? null : Math.max(...present),
  };
}

const nameOf = ({ keyText, window }: Row): string => `${keyText}@${window!.startMs / 1000}-${window!.endMs / 1000}`;

async function run(spec: Record<string, unknown>, readings: readonly Reading[]): Promise<TaskHarness> {
  const harness = await TaskHarness.start(compiledWith(spec), { nameOf });
  const records = readings.map((one, i) => recordOf(i, one));
  for (let i = 0; i < records.length; i += 7) {
    await harness.process(records.slice(i, i + 7));
    await harness.checkpoint();
  }
  harness.task.closeAll();
  await harness.checkpoint();
  return harness;
}

describe.each(Object.entries(ALIGNED))('%s windows', (_, { window, holding }) => {
  it.each(['both', 'close'])('hold what a pass over all windows gives, once final (emit %s)', async (on) => {
    await fc.assert(
      fc.asyncProperty(fc.array(reading, { maxLength: 120 }), async (draws) => {
        const readings = readingsOf(draws);
        const harness = await run({ window: { ...window, grace: `${GRACE_S}s` }, emit: { on } }, readings);
        const expected = oracle(readings, holding, 0);
        expect(harness.values()).toEqual(expected.rows);
        expect(harness.task.totals.late).toBe(expected.late);
        const finals = harness.emitted.filter(({ final }) => final).map(nameOf);
        expect([...finals].sort()).toEqual(Object.keys(expected.rows).sort());
      }),
      { numRuns: 150 },
    );
  });

  it('are corrected by late records for as long as `amend` says, and each correction is final', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(reading, { maxLength: 120 }), async (draws) => {
        const readings = readingsOf(draws);
        const spec = {
          window: { ...window, grace: `${GRACE_S}s` },
          emit: { on: 'close' },
          late: { amend: `${AMEND_S}s` },
        };
        const harness = await run(spec, readings);
        const expected = oracle(readings, holding, AMEND_S);
        expect(harness.values()).toEqual(expected.rows);
        expect(harness.task.totals.late).toBe(expected.late);
        expect(harness.emitted.every(({ final }) => final)).toBe(true);
      }),
      { numRuns: 150, examples: [[AFTER_THE_LAST_CORRECTION]] },
    );
  });
});

describe('count windows', () => {
  it('are every so many records of a key, in order of arrival, whatever their times', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(reading, { maxLength: 80 }), async (draws) => {
        const readings = readingsOf(draws);
        const harness = await run({ window: { kind: 'count', size: 3 }, emit: { on: 'close' } }, readings);
        const expected = new Map<string, unknown>();
        for (const key of ['a', 'b', 'c']) {
          const mine = readings.filter((one) => one.key === key);
          for (let i = 0; i < mine.length; i += 3) {
            const window = mine.slice(i, i + 3);
            const times = window.map(({ at }) => EPOCH_MS + at * 1000);
            const reason = window.length === 3 ? 'count' : 'end-of-input';
            const values = resultsOf(window.map(({ x }) => x));
            expected.set(`${key}#${i / 3}`, { values, start: Math.min(...times), end: Math.max(...times), reason });
          }
        }
        const rows = harness.emitted.map(({ keyText, window, values, closeReason: reason }) => [
          `${keyText}#${window!.index}`,
          { values, start: window!.startMs, end: window!.endMs, reason },
        ]);
        expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(expected));
        expect(harness.task.totals.late).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});
