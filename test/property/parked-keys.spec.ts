import fc from 'fast-check';

import type { SourceRecord } from '../../src/core/ports/record-source.port';
import type { Row } from '../../src/core/row/row';
import { releaseRecord } from '../../src/core/task/release';
import { compiledWith, EPOCH_MS } from '../support/pipelines';
import { TaskHarness } from '../support/task-harness';

const SIZE = 3;
/** Without a size, fast-check draws about ten at most. */
const LONG = { maxLength: 60, size: 'max' } as const;
const MANY_STEPS = { maxLength: 25, size: 'max' } as const;
/** What an operator puts in the place of a value that is no number. */
const MENDED = 7;
const KEYS = ['a', 'b', 'c'] as const;

/** A reading of a key, of which `undefined` stands for one that is bad; or an operator's release of it. */
type Draw =
  | { readonly key: string; readonly x: number | undefined }
  | { readonly key: string; readonly release: 'all' | 'the first bad one' | 'nothing mended' };

const draw: fc.Arbitrary<Draw> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ key: fc.constantFrom(...KEYS), x: fc.integer({ min: -1000, max: 1000 }) }) },
  { weight: 2, arbitrary: fc.record({ key: fc.constantFrom(...KEYS), x: fc.constant(undefined) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      key: fc.constantFrom(...KEYS),
      release: fc.constantFrom('all', 'the first bad one', 'nothing mended'),
    }),
  },
);
const step = fc.record({
  records: fc.integer({ min: 0, max: 12 }),
  then: fc.constantFrom('go on', 'checkpoint', 'die before sink', 'die before commit', 'die', 'forget'),
});

/** The log that the draws make, ending with a release of every key. */
function logOf(draws: readonly Draw[]): SourceRecord[] {
  const bad = new Map<string, string[]>(KEYS.map((key) => [key, []]));
  const all: readonly Draw[] = [...draws, ...KEYS.map((key) => ({ key, release: 'all' as const }))];
  return all.map((one, i) => {
    const { key } = one;
    const places = bad.get(key)!;
    if ('release' in one) return releaseAt(i, key, one.release === 'all' ? places : places.slice(0, 1), one.release);
    if (one.x === undefined) places.push(`0:${i}`);
    const value = JSON.stringify({ key, t: EPOCH_MS + i * 1000, x: one.x ?? 'no number' });
    return { offset: BigInt(i), timestampMs: EPOCH_MS, key: Buffer.from(key), value: Buffer.from(value) };
  });
}

function releaseAt(offset: number, keyText: string, places: readonly string[], what: string): SourceRecord {
  const patch = what === 'nothing mended' ? {} : { patch: { x: MENDED } };
  const target = { pipeline: 'test', messageKey: Buffer.from(keyText), partition: 0 };
  const { value, headers } = releaseRecord({ keyText, places: [...places], ...patch }, target);
  const common = { offset: BigInt(offset), timestampMs: EPOCH_MS, key: Buffer.from(keyText) };
  return { ...common, value: Buffer.from(value as string), headers: headers! };
}

/** Every `SIZE` readings of a key in their order, had all been right from the start. */
function oracle(draws: readonly Draw[]): Record<string, unknown> {
  const rows = new Map<string, { n: number; total: number }>();
  const counts = new Map<string, number>();
  for (const one of draws) {
    if ('release' in one) continue;
    const count = counts.get(one.key) ?? 0;
    counts.set(one.key, count + 1);
    const name = `${one.key}#${Math.floor(count / SIZE)}`;
    const { n, total } = rows.get(name) ?? { n: 0, total: 0 };
    rows.set(name, { n: n + 1, total: total + (one.x ?? MENDED) });
  }
  return Object.fromEntries(rows);
}

describe('a pipeline that parks keys', () => {
  it.each([
    ['windows of counts of records', { kind: 'count', size: SIZE }, 5_000],
    ['the same and deltas of three rows', { kind: 'count', size: SIZE }, 3],
  ])(
    'gives, after the last release, the table of right records in their order, wherever it dies (%s)',
    async (_, window, maxRows) => {
      const pipeline = compiledWith({
        ...{ window, onPoison: 'park', aggregate: { n: 'count()', total: 'sum(x)' } },
        errorBudget: { share: 1 },
      });
      const nameOf = ({ keyText, window: of }: Row): string => `${keyText}#${of!.index}`;
      await fc.assert(
        fc.asyncProperty(fc.array(draw, LONG), fc.array(step, MANY_STEPS), async (draws, steps) => {
          const records = logOf(draws);
          const harness = await TaskHarness.start(pipeline, { maxRows, nameOf });
          for (const { records: count, then } of steps) {
            const from = Number(harness.task.position);
            await harness.process(records.slice(from, from + count));
            if (then === 'checkpoint') await harness.checkpoint();
            if (then === 'die before sink') await harness.checkpoint('sink');
            if (then === 'die before commit') await harness.checkpoint('commit');
            if (then.startsWith('die')) await harness.restart();
            if (then === 'forget') await harness.forget(2);
          }
          await harness.process(records.slice(Number(harness.task.position)));
          await harness.settle();
          expect(harness.task.parked).toEqual({ keys: 0, records: 0, first: [] });
          expect(harness.values()).toEqual(oracle(draws));
        }),
        { numRuns: 100 },
      );
    },
  );

  it('counts each record in a window of time once, with state larger than the cache', async () => {
    const pipeline = compiledWith({
      ...{ window: { kind: 'tumbling', size: '10s', grace: '1h' }, onPoison: 'park', errorBudget: { share: 1 } },
      aggregate: { n: 'count()', total: 'sum(x)' },
    });
    await fc.assert(
      fc.asyncProperty(fc.array(draw, LONG), fc.array(step, MANY_STEPS), async (draws, steps) => {
        const records = logOf(draws);
        const harness = await TaskHarness.start(pipeline, { cacheBytes: 0, maxRows: 3 });
        for (const { records: count, then } of steps) {
          const from = Number(harness.task.position);
          await harness.process(records.slice(from, from + count));
          if (then !== 'go on') await harness.checkpoint();
          if (then.startsWith('die')) await harness.restart();
        }
        await harness.process(records.slice(Number(harness.task.position)));
        await harness.settle();
        expect(harness.values()).toEqual(timeOracle(draws));
      }),
      { numRuns: 100 },
    );
  });
});

function timeOracle(draws: readonly Draw[]): Record<string, unknown> {
  const rows = new Map<string, { n: number; total: number }>();
  draws.forEach((one, i) => {
    if ('release' in one) return;
    const name = `${one.key}@${EPOCH_MS + Math.floor(i / 10) * 10_000}`;
    const { n, total } = rows.get(name) ?? { n: 0, total: 0 };
    rows.set(name, { n: n + 1, total: total + (one.x ?? MENDED) });
  });
  return Object.fromEntries(rows);
}
