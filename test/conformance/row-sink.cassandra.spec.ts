import { CassandraRowSink } from '../../src/adapters/cassandra/cassandra-row-sink';
import { describeRowSink, type Survivor } from './row-sink.conformance';
import { openKeyspace, type TestKeyspace } from './row-sink-cassandra';
import { dailyPlan, dailyTable } from './row-sink-fixture';

const SHANGHAI_MS = 8 * 3_600_000;

describeRowSink(
  'cassandra',
  async () => {
    const { client, keyspace, run, close } = await openKeyspace('row_sink');
    await run(dailyTable(keyspace));
    return {
      newSink: () => new CassandraRowSink(client, dailyPlan(keyspace)),
      survivors: (location) => survivors({ client, keyspace }, location),
      close,
    };
  },
  40,
);

async function survivors({ client, keyspace }: Pick<TestKeyspace, 'client' | 'keyspace'>, location: string) {
  const query =
    `SELECT date, average, readings, band, WRITETIME(readings) AS revision FROM ${keyspace}.daily ` +
    'WHERE location = ? ALLOW FILTERING';
  const found: Survivor[] = [];
  const answer = await client.execute({ query, params: [location] }, 'reading what is left');
  for await (const row of answer) {
    const startMs = Date.parse(String(row['date'])) - SHANGHAI_MS;
    const values = { average: row['average'], readings: Number(row['readings']), band: row['band'] };
    found.push({ startMs, values, revision: row['revision'] as bigint });
  }
  return found.sort((a, b) => a.startMs - b.startMs);
}
