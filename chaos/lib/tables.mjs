import cassandra from 'cassandra-driver';
import { rowId } from './oracle.mjs';

const COLUMNS = 'k, window_start, n, total, least, most, final, WRITETIME(n) AS revision';

/** The runner's own view of the tables that the pipelines write. */
export class ChaosTables {
  constructor(address, keyspace) {
    this.keyspace = keyspace;
    this.client = new cassandra.Client({
      contactPoints: [address],
      localDataCenter: 'datacenter1',
      socketOptions: { readTimeout: 20_000 },
      pooling: { heartBeatInterval: 2_000 },
      policies: { reconnection: new cassandra.policies.reconnection.ConstantReconnectionPolicy(500) },
    });
  }

  async create(tables) {
    await this.client.execute(
      `CREATE KEYSPACE ${this.keyspace} WITH replication = { 'class': 'SimpleStrategy', 'replication_factor': 1 }`,
    );
    for (const table of tables) {
      await this.client.execute(
        `CREATE TABLE ${this.keyspace}.${table} (k text, window_start timestamp, n bigint, total double, least double,
         most double, final boolean, PRIMARY KEY (k, window_start)) WITH CLUSTERING ORDER BY (window_start DESC)`,
      );
    }
  }

  /** Row id to row. */
  async readAll(table) {
    const rows = new Map();
    const query = `SELECT ${COLUMNS} FROM ${this.keyspace}.${table}`;
    for await (const row of this.client.stream(query, [], { prepare: true, autoPage: true, fetchSize: 5_000 })) {
      rows.set(rowId(row.k, row.window_start.getTime()), toRow(row));
    }
    return rows;
  }

  /** The newest windows of a key: row id to row. */
  async newestOf(table, key, limit) {
    const query = `SELECT ${COLUMNS} FROM ${this.keyspace}.${table} WHERE k = ? LIMIT ${limit}`;
    const { rows } = await this.client.execute(query, [key], { prepare: true });
    return new Map(rows.map((row) => [rowId(row.k, row.window_start.getTime()), toRow(row)]));
  }

  async drop() {
    await this.client.execute(`DROP KEYSPACE IF EXISTS ${this.keyspace}`);
  }

  async close() {
    await this.client.shutdown();
  }
}

function toRow({ n, total, least, most, final, revision }) {
  return { n: Number(n), total, least, most, final, revision: BigInt(revision.toString()) };
}
