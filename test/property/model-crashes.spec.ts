import fc from 'fast-check';
import type { SourceRecord } from '../../src/core/ports/record-source.port';
import type { Row } from '../../src/core/row/row';
import { compiledWith, EPOCH_MS } from '../support/pipelines';
import { TaskHarness } from '../support/task-harness';

const HOUR_MS = 3_600_000;

const reading = fc.record({
  key: fc.constantFrom('a', 'b'),
  /** Hours after the newest; not above 0 for a reading that comes again or too late. */
  hours: fc.constantFrom(1, 1, 1, 1, 2, 30, 0, -2),
  x: fc.option(fc.double({ min: -50, max: 900, noNaN: true }), { nil: null, freq: 12 }),
  t: fc.option(fc.double({ min: -30, max: 40, noNaN: true }), { nil: null, freq: 8 }),
});
const step = fc.record({
  records: fc.integer({ min: 0, max: 15 }),
  then: fc.constantFrom('go on', 'checkpoint', 'die before sink', 'die before commit', 'die'),
});

type Draw = typeof reading extends fc.Arbitrary<infer Value> ? Value : never;

function recordsOf(draws: readonly Draw[]): SourceRecord[] {
  const newest = new Map<string, number>();
  return draws.map(({ key, hours, x, t }, i) => {
    const at = Math.max(0, (newest.get(key) ?? 100) + hours);
    newest.set(key, Math.max(at, newest.get(key) ?? 0));
    const value = JSON.stringify({ key, x, temperature: t, t: EPOCH_MS + at * HOUR_MS });
    return { offset: BigInt(i), timestampMs: EPOCH_MS, key: Buffer.from(key), value: Buffer.from(value) };
  });
}

const PIPELINE = compiledWith({
  window: { kind: 'global' },
  aggregate: {
    n: 'count()',
    model: "online_regression(x, {'temperature': temperature}, '1h', 3, 5)",
    unusual: 'online_anomaly(x, 10, 3)',
  },
  emit: { on: 'record' },
});

const nameOf = ({ keyText }: Row): string => keyText;
const versionOf = ({ keyText, revision }: Row): string => `${keyText} ${revision}`;

/** Every row that was shown, by what names its version; two of one version have to be the same row. */
function versionsOf(rows: readonly Row[]): Map<string, unknown> {
  const versions = new Map<string, unknown>();
  for (const row of rows) {
    const known = versions.get(versionOf(row));
    if (known !== undefined) expect(row.values).toEqual(known);
    versions.set(versionOf(row), row.values);
  }
  return versions;
}

describe('a model in the checkpoint', () => {
  it.each([
    { name: 'all state in memory', maxRows: 5000, cacheBytes: Infinity },
    { name: 'no state kept in memory, three rows to a delta', maxRows: 3, cacheBytes: 0 },
  ])('is the same to the last bit after crashes anywhere ($name)', async ({ maxRows, cacheBytes }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(reading, { maxLength: 160 }),
        fc.array(step, { maxLength: 25 }),
        async (draws, steps) => {
          const records = recordsOf(draws);
          const calm = await TaskHarness.start(PIPELINE, { nameOf });
          await calm.process(records);
          await calm.checkpoint();

          const harness = await TaskHarness.start(PIPELINE, { maxRows, cacheBytes, nameOf });
          for (const { records: count, then } of steps) {
            const from = Number(harness.task.position);
            await harness.process(records.slice(from, from + count));
            if (then === 'checkpoint') await harness.checkpoint();
            if (then === 'die before sink') await harness.checkpoint('sink');
            if (then === 'die before commit') await harness.checkpoint('commit');
            if (then.startsWith('die')) await harness.restart();
          }
          await harness.process(records.slice(Number(harness.task.position)));
          await harness.checkpoint();

          expect(await storedBytes(harness)).toEqual(await storedBytes(calm));
          // One row for each record that was accepted, none left out, none that differs from that of another time.
          expect(calm.emitted).toHaveLength(records.length);
          expect(versionsOf(harness.emitted)).toEqual(versionsOf(calm.emitted));
        },
      ),
      { numRuns: 120 },
    );
  });
});

/** The panes as the store has them, bit for bit. */
async function storedBytes({ store }: TaskHarness): Promise<Record<string, string>> {
  const task = { pipeline: 'test', partition: 0 };
  const found: Record<string, string> = {};
  for (const { id } of (await store.peek(task))?.segments ?? []) {
    for await (const entries of store.scan(task, id)) {
      for (const { entry, value } of entries) found[entry] = Buffer.from(value).toString('hex');
    }
  }
  return found;
}
