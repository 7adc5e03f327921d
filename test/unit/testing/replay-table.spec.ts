import { replay } from '../../../src/testing/replay';
import { toRowJson } from '../../../src/core/row/row-json';
import { compiledWith } from '../../support/pipelines';

async function* inputs(records: readonly object[]) {
  for (const record of records) {
    const value = Buffer.from(JSON.stringify(record));
    yield await Promise.resolve({ value, key: value });
  }
}

describe('the table of a replay', () => {
  it('keeps every record of a stateless pipeline as a row of its own, of whichever partition, in the order of their partition', async () => {
    const pipeline = compiledWith({ key: undefined, window: undefined, aggregate: undefined, where: 'x > 0' });
    const records = [3, 1, 1, 0, 2, 1].map((x) => ({ t: 1_600_000_000_000, x }));
    const result = await replay(pipeline, inputs(records), { partitions: 2, close: false, onRow: () => undefined });
    const table = result.table().map((row) => ({ ...toRowJson(row), partition: row.partition }));
    expect(table.map(({ values }) => values!['x']).sort()).toEqual([1, 1, 1, 2, 3]);
    expect(new Set(table.map(({ partition }) => partition)).size).toBe(2);
    expect(new Set(table.map(({ partition, revision }) => `${partition} ${revision}`)).size).toBe(5);
    expect(table[0]).toMatchObject({ key: {}, final: true });
    expect(table[0]).not.toHaveProperty('window');
  });

  it('leaves rows out that were deleted, and orders sessions of a key by start', async () => {
    const pipeline = compiledWith({ window: { kind: 'session', gap: '10s', grace: '1m' } });
    const at = (seconds: number) => ({ key: 'a', x: 1, t: 1_600_000_000_000 + seconds * 1000 });
    const rows: boolean[] = [];
    const result = await replay(pipeline, inputs([at(40), at(0), at(15), at(8)]), {
      partitions: 1,
      close: false,
      onRow: ({ values }) => rows.push(values === undefined),
    });
    expect(rows.filter(Boolean).length).toBeGreaterThan(0);
    expect(
      result.table().map(({ window, values }) => [window!.startMs % 100_000, window!.endMs % 100_000, values!['n']]),
    ).toEqual([
      [0, 15_000, 3],
      [40_000, 40_000, 1],
    ]);
  });
});
