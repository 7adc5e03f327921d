import { MemoryLog } from '../../../../src/adapters/memory/memory-log';
import type { SourceRecord } from '../../../../src/core/ports/record-source.port';
import { CarriedRecord, outgoingRecords } from '../../../../src/core/repartition/carried-record';
import { aggregateStage, shuffleStage } from '../../../../src/core/repartition/two-stages';
import { releaseRecord } from '../../../../src/core/task/release';
import { Task } from '../../../../src/core/task/task';
import { compiledWith, EPOCH_MS } from '../../../support/pipelines';

const SOURCES = 2;
const PARTITIONS = 2;
const pipeline = compiledWith({
  ...{ onPoison: 'park', where: 'x >= 0', window: { kind: 'count', size: 2 }, errorBudget: { share: 1 } },
  aggregate: { n: 'count()', total: 'sum(x)' },
});
const common = {
  ...{ generation: 1_000_000n, checkpoint: undefined, cacheBytes: Infinity, maxRows: Infinity, maxBytes: Infinity },
  ...{ keyedByMessage: false, startOffset: 0n, shownUpTo: 0n },
};

const reading = (offset: number, key: string, x: unknown): SourceRecord => ({
  ...{ offset: BigInt(offset), timestampMs: EPOCH_MS, key: Buffer.from(`message ${offset}`) },
  value: Buffer.from(JSON.stringify({ key, t: EPOCH_MS, x })),
});

describe('a parked key of a repartitioned pipeline', () => {
  const internal = new MemoryLog({ now: () => 0 });
  const letters: unknown[] = [];

  /** What a shuffle makes of a source partition, appended twice, as when its first owner died before its commit. */
  async function shuffle(partition: number, records: readonly SourceRecord[]): Promise<void> {
    const id = { pipeline: 'test.shuffle', partition };
    const task = new Task({ ...common, id, pipeline: shuffleStage(pipeline), forwards: true });
    for (let i = 0; i < records.length;) i = task.process(records, i);
    const frozen = task.freeze(0)!;
    letters.push(...frozen.deadLetters);
    for (const forwarded of [...frozen.forwarded, ...frozen.forwarded]) {
      await internal.send('internal', outgoingRecords(forwarded, PARTITIONS));
    }
  }

  function aggregated(): { readonly tasks: readonly Task[]; readonly rows: Record<string, unknown> } {
    const rows: Record<string, unknown> = {};
    const tasks = Array.from({ length: PARTITIONS }, (_, partition) => {
      const stage = { pipeline: aggregateStage(pipeline), sourcePartitions: SOURCES };
      const task = new Task({ ...common, ...stage, id: { pipeline: 'test', partition } });
      const { records } = internal.read('internal', partition, 0n, 1_000);
      for (const record of records) {
        task.process([new CarriedRecord(record)]);
        for (const row of task.freeze(0)?.rows ?? []) rows[`${row.keyText}#${row.window!.index}`] = row.values;
        task.committed();
      }
      return task;
    });
    return { tasks, rows };
  }

  it('waits where the key is owned, whichever source partition its records and its release come from', async () => {
    await internal.ensure([{ topic: 'internal', partitions: PARTITIONS, purpose: 'repartition' }]);
    await shuffle(0, [reading(0, 'a', 'bad'), reading(1, 'a', 2), reading(2, 'b', 5)]);
    await shuffle(1, [reading(0, 'a', 3), reading(1, 'b', 6)]);
    expect(letters).toEqual([]);
    const before = aggregated();
    expect(before.rows).toEqual({ 'b#0': { n: 2, total: 11 } });
    const parked = before.tasks.map((task) => task.parked).filter(({ keys }) => keys > 0);
    expect(parked).toEqual([{ keys: 1, records: 3, first: ['a'] }]);
    expect(before.tasks.reduce((dead, task) => dead + task.totals.dead, 0)).toBe(1);

    const { value, headers } = releaseRecord(
      { keyText: 'a', places: ['0:0'], patch: { x: 1 } },
      { pipeline: 'test', messageKey: null, partition: 0 },
    );
    const marker = { offset: 3n, timestampMs: 0, key: null, value: Buffer.from(value as string), headers: headers! };
    await shuffle(0, [marker]);
    const after = aggregated();
    expect(after.rows).toEqual({
      'a#0': { n: 2, total: 3 },
      'a#1': { n: 1, total: 3 },
      'b#0': { n: 2, total: 11 },
    });
    expect(after.tasks.every((task) => task.parked.keys === 0)).toBe(true);
  });
});
