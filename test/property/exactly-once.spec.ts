import fc from 'fast-check';

import { KafkaTransactionalRowSink } from '../../src/adapters/kafka/kafka-transactional-row-sink';
import { MemoryLog } from '../../src/adapters/memory/memory-log';
import { MemoryTransactionLog } from '../../src/adapters/memory/memory-transaction-log';
import type { Row } from '../../src/core/row/row';
import { rowText } from '../../src/core/row/row-json';
import { faultsOf, newestOf, type ShownRecord } from '../support/output-topic';
import { compiledWith, EPOCH_MS, type Reading, recordOf } from '../support/pipelines';
import { TaskHarness } from '../support/task-harness';

const PARTITIONS = 3;
const utf8 = new TextDecoder();

const reading = fc.record({
  key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  step: fc.integer({ min: -6, max: 5 }),
});
const step = fc.record({
  records: fc.integer({ min: 0, max: 12 }),
  then: fc.constantFrom(
    ...['go on', 'checkpoint', 'checkpoint', 'checkpoint', 'idle'],
    ...['die before sink', 'die before output', 'die before commit', 'die', 'forget'],
  ),
  forgotten: fc.integer({ min: 0, max: 5 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const windows: Record<string, Record<string, unknown>> = {
  tumbling: { kind: 'tumbling', size: '10s', grace: '3s' },
  hopping: { kind: 'hopping', size: '10s', advance: '5s', grace: '3s' },
  session: { kind: 'session', gap: '4s', grace: '3s' },
  sliding: { kind: 'sliding', size: '5s', grace: '3s' },
  count: { kind: 'count', size: 3 },
};

async function outputOf(log: MemoryLog): Promise<ShownRecord[]> {
  const partitions = [...(await log.extents('out')).keys()];
  return partitions.flatMap((partition) =>
    log.read('out', partition, 0n, 1_000_000).records.map(({ key, value }) => ({
      key: utf8.decode(key),
      value: utf8.decode(value),
    })),
  );
}

async function carryOut(harness: TaskHarness, { then, forgotten }: Step, idleMs: number): Promise<void> {
  if (then === 'checkpoint') await harness.checkpoint();
  if (then === 'idle') {
    harness.task.advanceIdle(idleMs);
    await harness.checkpoint();
  }
  if (then === 'die before sink') await harness.checkpoint('sink');
  if (then === 'die before output') await harness.checkpoint('output');
  if (then === 'die before commit') await harness.checkpoint('commit');
  if (then.startsWith('die')) await harness.restart();
  if (then === 'forget') await harness.forget(forgotten);
}

async function run(
  spec: Record<string, unknown>,
  readings: readonly Reading[],
  steps: readonly Step[],
  maxRows: number,
): Promise<{ readonly output: ShownRecord[]; readonly emitted: readonly Row[] }> {
  const log = new MemoryLog({ now: () => 0 });
  await log.ensure([
    { topic: 'readings', partitions: 1, purpose: 'source' },
    { topic: 'out', partitions: PARTITIONS, purpose: 'output' },
  ]);
  const exactSink = new KafkaTransactionalRowSink(new MemoryTransactionLog(log), 'out');
  const harness = await TaskHarness.start(compiledWith(spec), {
    ...{ exactSink, maxRows },
    nameOf: ({ keyText, window }) => `${keyText} ${JSON.stringify(window)}`,
  });
  const records = readings.map((one, i) => recordOf(i, one));
  for (const one of steps) {
    const from = Number(harness.task.position);
    await harness.process(records.slice(from, from + one.records));
    await carryOut(harness, one, EPOCH_MS + (readings[from]?.at ?? 0) * 1_000);
  }
  await harness.process(records.slice(Number(harness.task.position)));
  for (let i = 0; i < 3; i++) await harness.checkpoint();
  return { output: await outputOf(log), emitted: harness.emitted };
}

describe.each(Object.keys(windows))('an exactly-once topic of %s windows', (kind) => {
  it.each([
    ['both', '0s', 5_000],
    ['both', '3s', 4],
    ['update', '3s', 5_000],
    ['close', '0s', 4],
  ])(
    'shows each version once and none that the table lacks, whatever dies or is forgotten (emit %s every %s, %d rows)',
    async (on, every, maxRows) => {
      const spec = { window: windows[kind], emit: { on: kind === 'count' && on === 'close' ? 'both' : on, every } };
      await fc.assert(
        fc.asyncProperty(
          fc.array(reading, { maxLength: 60 }),
          fc.array(step, { maxLength: 30 }),
          async (draws, steps) => {
            let now = 100;
            const readings = draws.map(({ key, step: by }) => {
              now = Math.max(now, now + by);
              return { key, x: 1, at: Math.max(0, now + Math.min(by, 0)) };
            });
            const { output, emitted } = await run(spec, readings, steps, maxRows);
            const { double, backwards, newest } = faultsOf(output);
            expect({ double, backwards }).toEqual({ double: [], backwards: [] });
            const given = new Set(emitted.map(rowText));
            expect(output.filter(({ value }) => !given.has(value))).toEqual([]);
            expect([...newest.values()].sort()).toEqual(newestOf(emitted).map(rowText).sort());
          },
        ),
        { numRuns: 150 },
      );
    },
  );
});
