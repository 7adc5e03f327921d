import { CassandraPartitionReader } from '../../src/adapters/cassandra/cassandra-partition-reader';
import { CassandraRowSink } from '../../src/adapters/cassandra/cassandra-row-sink';
import { TableConsistency } from '../../src/adapters/cassandra/table-consistency';
import { RedisCacheStore } from '../../src/adapters/redis/redis-cache-store';
import { connectRedis, pingRedis, type RedisClient } from '../../src/adapters/redis/redis-connection';
import type { CompiledSink } from '../../src/core/pipeline/compiled-pipeline';
import { partitionCacheKey } from '../../src/core/ports/cache-store.port';
import type { PartitionQuery, PartitionReader } from '../../src/core/ports/partition-reader.port';
import type { Row } from '../../src/core/row/row';
import { CachedPartitions } from '../../src/reading/cached-partitions';
import { openKeyspace, type TestKeyspace } from '../conformance/row-sink-cassandra';
import { scoresPipeline, SCORES_TABLE } from '../conformance/partition-reader.conformance';
import { testServers } from '../support/servers';

jest.setTimeout(120_000);

const REPLICAS = 2;
const never = new AbortController().signal;

/** Counts what reaches Cassandra. */
class CountedReader implements PartitionReader {
  reads = 0;

  constructor(private readonly table: PartitionReader) {}

  read(query: PartitionQuery): ReturnType<PartitionReader['read']> {
    this.reads++;
    return this.table.read(query);
  }
}

describe('the read-through cache over real Redis and Cassandra', () => {
  let tables: TestKeyspace;
  let counted: CountedReader;
  let sink: CassandraRowSink;
  const connections: RedisClient[] = [];
  /** Each as a process of its own has it. */
  let replicas: CachedPartitions[];

  beforeAll(async () => {
    tables = await openKeyspace('cached');
    for (const statement of SCORES_TABLE) await tables.run(statement.replaceAll('KEYSPACE', tables.keyspace));
    for (let i = 0; i <= REPLICAS; i++) connections.push(connectRedis({ url: testServers().redis }));
    await Promise.all(connections.map((redis) => pingRedis(redis)));
    const [ofSink, ...ofReplicas] = connections.map((redis) => new RedisCacheStore(redis));
    counted = new CountedReader(new CassandraPartitionReader(tables.client, new TableConsistency()));
    replicas = ofReplicas.map((store) => new CachedPartitions(counted, store));
    const plan = scoresPipeline(tables.keyspace).sinks[0] as Extract<CompiledSink, { kind: 'cassandra' }>;
    sink = new CassandraRowSink(tables.client, plan, {
      written: (partitions) =>
        ofSink!.invalidate(partitions.map((partition) => partitionCacheKey(`${tables.keyspace}.scores`, partition))),
    });
  });
  afterAll(async () => {
    for (const redis of connections) redis.disconnect();
    await tables?.close();
  });

  const write = (of: string, words: string, revision: number): Promise<void> => {
    const values = { score: 1, at: 0, words: [words], about: null };
    const key = { class: of, name: 'anna' };
    const row: Row = {
      pipeline: 'p',
      key,
      keyText: of,
      window: undefined,
      values,
      revision: BigInt(revision),
      final: false,
    };
    return sink.write([row], never);
  };
  const read = async (replica: number, of: string): Promise<number> => {
    const [row] = await replicas[replica]!.read({
      ...{ table: `${tables.keyspace}.scores`, partition: { class: of }, clustering: ['score', 'name'] },
      ...{ descending: true, limit: 10 },
    });
    return Number((row?.['words'] as string[] | undefined)?.[0] ?? -1);
  };

  it('reads Cassandra once for a thousand simultaneous misses of two replicas', async () => {
    await write('stampede', '7', 10);
    counted.reads = 0;
    const answers = await Promise.all(Array.from({ length: 1_000 }, (_, i) => read(i % REPLICAS, 'stampede')));
    expect(new Set(answers)).toEqual(new Set([7]));
    expect(counted.reads).toBe(1);
  });

  it('never answers with what was there before an acknowledged write, while readers race with the writer', async () => {
    let acknowledged = 0;
    let isOver = false;
    const stale: string[] = [];
    let reads = 0;
    const readOn = async (replica: number): Promise<void> => {
      while (!isOver) {
        const least = acknowledged;
        const found = await read(replica, 'race');
        reads++;
        if (found < least) stale.push(`${found} after ${least}`);
      }
    };
    await write('race', '0', 10);
    counted.reads = 0;
    const readers = Array.from({ length: 8 }, (_, i) => readOn(i % REPLICAS));
    for (let round = 1; round <= 300; round++) {
      await write('race', String(round), 10 + 2 * round);
      acknowledged = round;
    }
    isOver = true;
    await Promise.all(readers);
    expect(stale).toEqual([]);
    // A cache that never kept anything would pass everything above.
    expect(reads).toBeGreaterThan(counted.reads);
    expect(await read(0, 'race')).toBe(300);
  });
});
