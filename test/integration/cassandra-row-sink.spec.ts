import { CassandraClient } from '../../src/adapters/cassandra/cassandra-client';
import { CassandraRowSink } from '../../src/adapters/cassandra/cassandra-row-sink';
import { checkTable } from '../../src/adapters/cassandra/table-check';
import { ConfigError, FatalError, TransientError } from '../../src/core/errors';
import { openKeyspace, type TestKeyspace } from '../conformance/row-sink-cassandra';
import { testServers } from '../support/servers';
import {
  aggregate,
  type CassandraPlan,
  consecutiveDays,
  DAILY_COLUMNS,
  dailyPlan,
  dailyRow,
  dailyTable,
  valuesOf,
} from '../conformance/row-sink-fixture';

const never = new AbortController().signal;
const one = [dailyRow('p', { location: 'a', values: valuesOf(1), revision: 2n })];

describe('the Cassandra sink on a real server', () => {
  let target: TestKeyspace;

  beforeAll(async () => {
    target = await openKeyspace('sink_errors');
    await target.run(dailyTable(target.keyspace));
  });
  afterAll(() => target?.close());

  const withColumns = (columns: CassandraPlan['columns']): CassandraPlan => ({
    ...dailyPlan(target.keyspace),
    columns,
  });

  it('says which table is missing and how to make it, and writes once it is there', async () => {
    const plan = dailyPlan(target.keyspace, 'late_table');
    const sink = new CassandraRowSink(target.client, plan);
    const refused = sink.write(one, never);
    await expect(refused).rejects.toThrow(FatalError);
    await expect(refused).rejects.toThrow(`no table ${target.keyspace}.late_table: create it`);
    await target.run(dailyTable(target.keyspace, 'late_table'));
    await expect(sink.write(one, never)).resolves.toBeUndefined();
  });

  it('is fatal at the latest when it tries again after the table was dropped', async () => {
    await target.run(dailyTable(target.keyspace, 'dropped'));
    const sink = new CassandraRowSink(target.client, dailyPlan(target.keyspace, 'dropped'));
    await sink.write(one, never);
    await target.run(`DROP TABLE ${target.keyspace}.dropped`);
    await expect(sink.write(one, never)).rejects.toThrow();
    await expect(sink.write(one, never)).rejects.toThrow(FatalError);
  });

  it('finds a table that fits fitting', async () => {
    await expect(checkTable(target.client, dailyPlan(target.keyspace))).resolves.toBeUndefined();
  });

  it('names a column that the table does not have', async () => {
    const plan = withColumns({ ...DAILY_COLUMNS, maximum: aggregate('maximum') });
    await expect(checkTable(target.client, plan)).rejects.toThrow("there is no column 'maximum' (it has ");
  });

  it('names a primary key column without a value, and one that does not identify the row', async () => {
    const { date, readings } = DAILY_COLUMNS;
    const plan = withColumns({ date, readings, location: aggregate('band') });
    const checked = checkTable(target.client, plan);
    await expect(checked).rejects.toThrow("primary key column 'year' has no value");
    await expect(checked).rejects.toThrow("primary key column 'location' is mapped to 'band'");
  });

  it.each([
    ['counter', 'counter', 'cannot be written to'],
    ['list', 'list<int>', 'make it frozen<list<int>>'],
    ['tuple', 'tuple<int, int>', 'cannot be written to'],
  ])('refuses a column of type %s', async (table, type, message) => {
    const name = `of_${table}`;
    await target.run(`CREATE TABLE ${target.keyspace}.${name} (location text PRIMARY KEY, average ${type})`);
    const { location, average } = DAILY_COLUMNS;
    const plan = { ...dailyPlan(target.keyspace, name), columns: { location, average } };
    await expect(checkTable(target.client, plan)).rejects.toThrow(message);
  });

  it('names the column whose type cannot hold a value', async () => {
    const plan = withColumns({ ...DAILY_COLUMNS, readings: aggregate('average') });
    const written = new CassandraRowSink(target.client, plan).write(one, never);
    await expect(written).rejects.toThrow(FatalError);
    await expect(written).rejects.toThrow("column 'readings' (average): a column of type bigint takes whole numbers");
  });

  it('stops at once when it is aborted in the middle of a write', async () => {
    const controller = new AbortController();
    const reason = new Error('the task was revoked');
    const rows = consecutiveDays(10_000).map((window) =>
      dailyRow('p', { location: 'aborted', window, values: valuesOf(1), revision: 2n }),
    );
    const sink = new CassandraRowSink(target.client, dailyPlan(target.keyspace), { maxInFlight: 1 });
    await sink.write(one, never);
    const written = sink.write(rows, controller.signal);
    controller.abort(reason);
    await expect(written).rejects.toBe(reason);
    const [counted] = await target.run(
      `SELECT COUNT(*) AS stored FROM ${target.keyspace}.daily WHERE location = 'aborted' ALLOW FILTERING`,
    );
    expect(Number(counted?.['stored'])).toBeLessThan(rows.length);
    await expect(sink.write(rows, never)).resolves.toBeUndefined();
  });
});

describe('a Cassandra client whose server is away', () => {
  let client: CassandraClient;

  beforeEach(() => {
    client = new CassandraClient({ contactPoints: ['127.0.0.1:1'], localDataCenter: 'datacenter1' });
  });
  afterEach(() => client.close());

  it('fails transiently within the deadline, and may try again', async () => {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const connected = client.connect(5_000);
      await expect(connected).rejects.toThrow(TransientError);
      await expect(connected).rejects.toThrow('connecting to Cassandra at 127.0.0.1:1: no Cassandra host answered');
    }
  });

  it('fails writes and pings transiently', async () => {
    const sink = new CassandraRowSink(client, dailyPlan('any'));
    await expect(sink.write(one, never)).rejects.toThrow(TransientError);
    await expect(client.ping()).rejects.toThrow(TransientError);
  });

  it('refuses a consistency that does not exist', () => {
    const options = { contactPoints: ['127.0.0.1'], localDataCenter: 'datacenter1', consistency: 'MOST' as 'ALL' };
    expect(() => new CassandraClient(options)).toThrow(ConfigError);
  });
});

describe('a Cassandra client with a real server', () => {
  const clientOf = (localDataCenter: string): CassandraClient => {
    const { host, port } = testServers().cassandra;
    return new CassandraClient({ contactPoints: [`${host}:${port}`], localDataCenter });
  };
  let client: CassandraClient;
  afterEach(() => client.close());

  it('is pinged', async () => {
    client = clientOf('datacenter1');
    await client.connect();
    await expect(client.ping()).resolves.toBeUndefined();
  });

  it('refuses a data centre that does not exist', async () => {
    client = clientOf('atlantis');
    await expect(client.connect()).rejects.toThrow(ConfigError);
  });
});
