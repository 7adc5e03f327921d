import fc from 'fast-check';

import { compiledWith, EPOCH_MS, type Reading, recordOf } from '../support/pipelines';
import { TaskHarness } from '../support/task-harness';

const SIZE_S = 10;
const GRACE_S = 3;

const reading = fc.record({
  key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  step: fc.integer({ min: -6, max: 5 }),
  x: fc.option(fc.integer({ min: -1000, max: 1000 }), { nil: null }),
});
const step = fc.record({
  records: fc.integer({ min: 0, max: 12 }),
  then: fc.constantFrom('go on', 'warm up', 'checkpoint', 'die before sink', 'die before commit', 'die'),
});

/** The same rules in another way: late or not by a running maximum, then one pass over each window's records. */
function oracle(readings: readonly Reading[]): Record<string, unknown> {
  const windows = new Map<string, (number | null)[]>();
  let streamTime = -Infinity;
  for (const { key, at, x } of readings) {
    streamTime = Math.max(streamTime, at);
    const start = Math.floor(at / SIZE_S) * SIZE_S;
    if (start + SIZE_S + GRACE_S <= streamTime) continue;
    const name = `${key}@${EPOCH_MS + start * 1000}`;
    windows.set(name, [...(windows.get(name) ?? []), x]);
  }
  const rows = [...windows].map(([name, values]) => {
    const present = values.filter((x) => x !== null);
    const total = present.reduce((sum, x) => sum + x, 0);
    const none = present.length === 0;
    return [
      name,
      {
        n: values.length,
        total: none ? null : total,
        mean: none ? null : total / present.length,
        least: none ? null : Math.min(...present),
        most: none ? null : Math.max(...present),
      },
    ];
  });
  return Object.fromEntries(rows) as Record<string, unknown>;
}

describe.each([
  ['all state in memory', Infinity, 5_000],
  ['state larger than the cache and deltas of three rows', 0, 3],
  ['state a little larger than the cache', 1_500, 5_000],
])('with %s', (_, cacheBytes, maxRows) => {
  it.each(['both', 'update', 'close'])(
    'crashes anywhere leave the table as if there had been none (emit %s)',
    async (on) => {
      const pipeline = compiledWith({
        window: { kind: 'tumbling', size: `${SIZE_S}s`, grace: `${GRACE_S}s` },
        emit: { on, every: on === 'close' ? '0s' : '2s' },
      });
      await fc.assert(
        fc.asyncProperty(
          fc.array(reading, { maxLength: 80 }),
          fc.array(step, { maxLength: 25 }),
          async (draws, steps) => {
            let now = 100;
            const readings = draws.map(({ key, step: by, x }) => ({
              key,
              x,
              at: Math.max(0, (now = Math.max(now, now + by)) + Math.min(by, 0)),
            }));
            const records = readings.map((one, i) => recordOf(i, one));
            const harness = await TaskHarness.start(pipeline, { cacheBytes, maxRows });
            for (const { records: count, then } of steps) {
              const from = Number(harness.task.position);
              await harness.process(records.slice(from, from + count));
              if (then === 'warm up') harness.warm();
              if (then === 'checkpoint') await harness.checkpoint();
              if (then === 'die before sink') await harness.checkpoint('sink');
              if (then === 'die before commit') await harness.checkpoint('commit');
              if (then.startsWith('die')) await harness.restart();
            }
            await harness.process(records.slice(Number(harness.task.position)));
            harness.task.closeAll();
            for (let i = 0; i < 3; i++) await harness.checkpoint();
            expect(harness.values()).toEqual(oracle(readings));
          },
        ),
        { numRuns: 150 },
      );
    },
  );
});
