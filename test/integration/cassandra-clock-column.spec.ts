import { CassandraRowSink } from '../../src/adapters/cassandra/cassandra-row-sink';
import { cassandraRowReader } from '../../src/adapters/cassandra/cassandra-row-reader';
import { checkTable } from '../../src/adapters/cassandra/table-check';
import { FatalError } from '../../src/core/errors';
import { openKeyspace, type TestKeyspace } from '../conformance/row-sink-cassandra';
import {
  type CassandraPlan,
  dailyPipeline,
  dailyPlan,
  dailyRow,
  dailyTable,
  FIRST_DAY,
  valuesOf,
} from '../conformance/row-sink-fixture';

const never = new AbortController().signal;

interface Stored {
  readonly readings: { toString(): string };
  readonly revision: { toString(): string };
  readonly processed: Date | null;
  readonly touched: { toString(): string } | null;
}

describe('a column of now()', () => {
  let target: TestKeyspace;
  const plan = (table: string): CassandraPlan => ({
    ...dailyPlan(target.keyspace, table),
    clockColumns: ['processed'],
  });
  const create = async (table: string, type = 'timestamp'): Promise<CassandraPlan> => {
    await target.run(dailyTable(target.keyspace, table));
    await target.run(`ALTER TABLE ${target.keyspace}.${table} ADD processed ${type}`);
    return plan(table);
  };
  const stored = async (table: string): Promise<readonly Stored[]> =>
    (await target.run(
      `SELECT readings, WRITETIME(readings) AS revision, processed, WRITETIME(processed) AS touched FROM ${target.keyspace}.${table}`,
    )) as unknown as readonly Stored[];
  const versionOf = (readings: number, revision: bigint) =>
    dailyRow('p', { location: 'a', values: valuesOf(readings), revision });

  beforeAll(async () => {
    target = await openKeyspace('clock_columns');
  });
  afterAll(() => target?.close());

  it('holds when the row was written, beside a row that carries its revision', async () => {
    const sink = new CassandraRowSink(target.client, await create('one'));
    const before = Date.now();
    await sink.write([versionOf(3, 20n)], never);
    const [row] = await stored('one');
    expect(row?.revision.toString()).toBe('20');
    expect(row?.processed?.getTime()).toBeGreaterThanOrEqual(before - 1_000);
    expect(row?.processed?.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
    expect(Number(row?.touched)).toBeGreaterThan(before * 1_000 - 1_000_000);
  });

  it('is set again when a row is written again, or an older one, which change nothing else', async () => {
    const sink = new CassandraRowSink(target.client, await create('again'));
    await sink.write([versionOf(3, 20n)], never);
    const [first] = await stored('again');
    await sink.write([versionOf(2, 10n)], never);
    await sink.write([versionOf(3, 20n)], never);
    const [second] = await stored('again');
    expect([second?.readings.toString(), second?.revision.toString()]).toEqual(['3', '20']);
    expect(Number(second?.touched)).toBeGreaterThan(Number(first?.touched));
  });

  it('is written for each row of a batch, and is no part of the rows that are read back', async () => {
    const own = await create('several');
    const pipeline = dailyPipeline('p', own);
    const days = [0, 1, 2].map((day) => ({
      ...FIRST_DAY,
      startMs: FIRST_DAY.startMs + day * 86_400_000,
      endMs: FIRST_DAY.endMs + day * 86_400_000,
    }));
    const rows = days.map((window) => dailyRow('p', { location: 'a', window, values: valuesOf(8), revision: 21n }));
    await new CassandraRowSink(target.client, own).write(rows, never);
    expect((await stored('several')).map(({ processed }) => processed !== null)).toEqual([true, true, true]);
    const read = await cassandraRowReader(target.client, pipeline)?.read({ limit: 10 });
    expect(read?.rows.map(({ revision }) => revision)).toEqual([21n, 21n, 21n]);
    expect(Object.keys(read?.rows[0]?.values ?? {})).not.toContain('processed');
  });

  it('needs a column of type timestamp that is no part of the primary key', async () => {
    await expect(checkTable(target.client, await create('wrong', 'text'))).rejects.toThrow(
      "column 'processed': now() needs type timestamp, it is text",
    );
    const inKey = { ...dailyPlan(target.keyspace, 'wrong'), clockColumns: ['date'] };
    await expect(checkTable(target.client, inKey)).rejects.toThrow(FatalError);
    await expect(checkTable(target.client, { ...inKey, clockColumns: ['absent'] })).rejects.toThrow(
      "there is no column 'absent'",
    );
  });
});
