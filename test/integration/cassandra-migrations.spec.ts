import { join } from 'node:path';
import { type MigrationFile, readMigrationFiles } from '../../src/adapters/cassandra/migration';
import { MigrationLock } from '../../src/adapters/cassandra/migration-lock';
import { migrate } from '../../src/adapters/cassandra/migrations';
import { ConfigError, FatalError, TransientError } from '../../src/core/errors';
import { openKeyspace, testClient, type TestKeyspace } from '../conformance/row-sink-cassandra';
import { waitUntil } from '../support/wait-until';

/** A node as the one that is asked would tell of it: of another schema, and at no address. */
const OTHER_NODE = '127.0.0.250';
const OTHER_SCHEMA = '11111111-1111-1111-1111-111111111111';

describe('migrations on a real server', () => {
  let target: TestKeyspace;
  let history: string;

  beforeEach(async () => {
    target = await openKeyspace('migrated');
    history = `${target.keyspace}_history`;
    await target.run(`DROP KEYSPACE IF EXISTS ${history}`);
  });
  afterEach(async () => {
    await target.run(`DROP KEYSPACE IF EXISTS ${history}`);
    await target.close();
  });

  const tableFile = (number: number, table: string): MigrationFile => ({
    fileName: `000${number}-${table}.cql`,
    text: `-- ${table}; of a test\nCREATE TABLE IF NOT EXISTS ${target.keyspace}.${table} (id int PRIMARY KEY, note text);`,
  });
  const run = (files: readonly MigrationFile[], client = target.client, waitMs = 20_000) =>
    migrate(client, files, { keyspace: history, waitMs });
  const recorded = async () =>
    (await target.run(`SELECT version, name FROM ${history}.migrations`))
      .map((row) => [row['version'], row['name']])
      .sort();

  it('applies what is new, once, and records it', async () => {
    expect(await run([tableFile(1, 'one')])).toEqual(['0001-one.cql']);
    expect(await run([tableFile(2, 'two'), tableFile(1, 'one')])).toEqual(['0002-two.cql']);
    expect(await run([tableFile(2, 'two'), tableFile(1, 'one')])).toEqual([]);
    expect(await recorded()).toEqual([
      [1, '0001-one.cql'],
      [2, '0002-two.cql'],
    ]);
    await target.run(`INSERT INTO ${target.keyspace}.two (id) VALUES (1)`);
  });

  it('lets one of several processes that start at once do the work', async () => {
    const others = [testClient(), testClient()];
    await Promise.all(others.map((client) => client.connect()));
    const files = [tableFile(1, 'one'), tableFile(2, 'two')];
    try {
      const done = await Promise.all([target.client, ...others].map((client) => run(files, client)));
      expect(done.flat().sort()).toEqual(['0001-one.cql', '0002-two.cql']);
    } finally {
      await Promise.all(others.map((client) => client.close()));
    }
  });

  it('waits for another process, but not for ever', async () => {
    await run([tableFile(1, 'one')]);
    const other = new MigrationLock(target.client, { table: `${history}.migration_lock`, waitMs: 0 });
    await other.acquire();
    const waiting = run([tableFile(1, 'one'), tableFile(2, 'two')], target.client, 500);
    await expect(waiting).rejects.toThrow(TransientError);
    await other.release();
    expect(await run([tableFile(1, 'one'), tableFile(2, 'two')])).toEqual(['0002-two.cql']);
  });

  it('waits until the nodes agree on the schema, and says what to look at when they do not', async () => {
    await run([]);
    const disagree = (): Promise<unknown> =>
      target.run(`INSERT INTO system.peers (peer, schema_version) VALUES ('${OTHER_NODE}', ${OTHER_SCHEMA})`);
    const agree = (): Promise<unknown> => target.run(`DELETE FROM system.peers WHERE peer = '${OTHER_NODE}'`);
    try {
      await disagree();
      let isDone = false;
      const applied = run([tableFile(1, 'one')]).finally(() => (isDone = true));
      const tables = `SELECT table_name FROM system_schema.tables WHERE keyspace_name = '${target.keyspace}'`;
      await waitUntil('the table is there', async () => (await target.run(tables)).length > 0);
      expect({ isDone, recorded: await recorded() }).toEqual({ isDone: false, recorded: [] });
      await agree();
      expect(await applied).toEqual(['0001-one.cql']);

      await disagree();
      await expect(run([tableFile(1, 'one'), tableFile(2, 'two')])).rejects.toThrow(
        /0002-two\.cql.*do not agree on the schema; look at `nodetool describecluster`/,
      );
      await agree();
      expect(await run([tableFile(1, 'one'), tableFile(2, 'two')])).toEqual(['0002-two.cql']);
    } finally {
      await agree();
    }
  });

  it('takes no further step once its lock is lost', async () => {
    await run([]);
    const lock = new MigrationLock(target.client, { table: `${history}.migration_lock`, waitMs: 0 });
    await lock.acquire();
    await expect(lock.renew()).resolves.toBeUndefined();
    await target.run(`UPDATE ${history}.migration_lock SET owner = 'another' WHERE name = 'migrations' IF EXISTS`);
    await expect(lock.renew()).rejects.toThrow(TransientError);
  });

  it('refuses a file that was changed after it had been applied', async () => {
    await run([tableFile(1, 'one')]);
    const changed = { fileName: '0001-one.cql', text: `${tableFile(1, 'one').text} -- changed` };
    const refused = run([changed, tableFile(2, 'two')]);
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow('migration 0001-one.cql was changed after it had been applied');
    expect(await recorded()).toHaveLength(1);
  });

  it('records nothing of a file that fails half-way, gives the lock back, and goes on once it is mended', async () => {
    const good = tableFile(1, 'one');
    const bad = { ...good, text: `${good.text} CREATE TABEL x;` };
    await expect(run([bad])).rejects.toThrow(FatalError);
    await expect(run([bad])).rejects.toThrow('migration 0001-one.cql: ');
    expect(await recorded()).toEqual([]);
    expect(await run([good])).toEqual(['0001-one.cql']);
  });

  it('applies the files of the repository', async () => {
    const files = await readMigrationFiles(join(__dirname, '../../cql'));
    const inKeyspace = files.map(({ fileName, text }) => ({
      fileName,
      text: text.replaceAll('aqdata', target.keyspace),
    }));
    expect(await run(inKeyspace)).toEqual(files.map(({ fileName }) => fileName).sort());
    await target.run(`SELECT location, year, date, avg_pm25, readings FROM ${target.keyspace}.pm25`);
  });
});
