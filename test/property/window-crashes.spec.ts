import fc from 'fast-check';

import type { Row } from '../../src/core/row/row';
import { compiledWith, recordOf } from '../support/pipelines';
import { TaskHarness } from '../support/task-harness';

const reading = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  step: fc.integer({ min: -9, max: 6 }),
  x: fc.option(fc.integer({ min: -1000, max: 1000 }), { nil: null }),
});
const step = fc.record({
  records: fc.integer({ min: 0, max: 8 }),
  then: fc.constantFrom('go on', 'checkpoint', 'die before sink', 'die before commit', 'die'),
});

/** The index matters for count windows only. */
const nameOf = ({ keyText, window }: Row): string =>
  window ? `${keyText}@${window.startMs}-${window.endMs}#${window.index ?? 0}` : keyText;

const WINDOWS = [
  { kind: 'tumbling', size: '10s', grace: '3s' },
  { kind: 'hopping', size: '10s', advance: '3s', grace: '3s' },
  { kind: 'hopping', size: '12s', advance: '4s', grace: '0s' },
  { kind: 'cumulative', size: '12s', step: '3s', grace: '3s' },
  { kind: 'session', gap: '3s', grace: '4s' },
  { kind: 'sliding', size: '5s', grace: '4s' },
  { kind: 'count', size: 3 },
  { kind: 'global' },
];
const LATE = ['drop', { amend: '8s' }] as const;
const CASES = WINDOWS.flatMap((window) => {
  const isTimed = 'grace' in window;
  return (isTimed ? LATE : [LATE[0]]).flatMap((late) =>
    ['both', 'update', 'close'].flatMap((on) =>
      [5_000, 3].map((maxRows) => ({
        window,
        late,
        on,
        maxRows,
        name: JSON.stringify({ ...window, late, on, maxRows }),
      })),
    ),
  );
});

describe('crashes anywhere leave the table as if there had been none', () => {
  it.each(CASES)('$name', async ({ window, late, on, maxRows }) => {
    const pipeline = compiledWith({ window, late, emit: { on, every: on === 'close' ? '0s' : '2s' } });
    await fc.assert(
      fc.asyncProperty(
        fc.array(reading, { maxLength: 60 }),
        fc.array(step, { maxLength: 25 }),
        async (draws, steps) => {
          let now = 100;
          const records = draws.map(({ key, step: by, x }, i) => {
            now = Math.max(now, now + by);
            return recordOf(i, { key, x, at: Math.max(0, now + Math.min(by, 0)) });
          });
          const calm = await TaskHarness.start(pipeline, { nameOf });
          await calm.process(records);
          await finish(calm);
          const harness = await TaskHarness.start(pipeline, {
            maxRows,
            nameOf,
            cacheBytes: maxRows === 3 ? 0 : Infinity,
          });
          for (const { records: count, then } of steps) {
            const from = Number(harness.task.position);
            await harness.process(records.slice(from, from + count));
            if (then === 'checkpoint') await harness.checkpoint();
            if (then === 'die before sink') await harness.checkpoint('sink');
            if (then === 'die before commit') await harness.checkpoint('commit');
            if (then.startsWith('die')) await harness.restart();
          }
          await harness.process(records.slice(Number(harness.task.position)));
          await finish(harness);
          expect(harness.values()).toEqual(calm.values());
          expect(revisions(harness)).toEqual(revisions(calm));
          expect(harness.task.totals).toEqual(calm.task.totals);
        },
      ),
      { numRuns: 60 },
    );
  });
});

async function finish(harness: TaskHarness): Promise<void> {
  harness.task.closeAll();
  for (let i = 0; i < 60; i++) await harness.checkpoint();
}

/** Of the rows that are there, what orders their versions. */
function revisions(harness: TaskHarness): Record<string, string> {
  const present = [...harness.table].filter(([, row]) => row.values);
  return Object.fromEntries(present.map(([name, row]) => [name, `${row.revision} ${row.final}`]));
}
