import { Kafka, logLevel } from 'kafkajs';

import { CassandraClient } from '../../src/adapters/cassandra/cassandra-client';
import { cassandraFacts } from '../../src/adapters/cassandra/cassandra-facts';
import { authorizedOperations } from '../../src/adapters/kafka/kafkajs/authorized-operations';
import { connectRedis, pingRedis } from '../../src/adapters/redis/redis-connection';
import { redisFacts } from '../../src/adapters/redis/redis-facts';
import { redisRights } from '../../src/adapters/redis/redis-rights';
import { AirQualityCopy } from '../support/air-quality';
import { CommandProcess } from '../support/command-process';
import { RedisProcess } from '../support/redis-process';
import { testServers, uniqueName } from '../support/servers';

jest.setTimeout(60_000);

describe('what doctor asks of Redis', () => {
  let redis: RedisProcess;
  beforeAll(async () => {
    redis = await RedisProcess.reserve();
    redis.start();
    await redis.command('PING');
  });
  afterAll(() => redis.remove());

  const rightsOf = async (username: string, ...rules: readonly string[]) => {
    await redis.command('ACL', 'SETUSER', username, 'on', '>secret', ...rules);
    const client = connectRedis({ url: redis.url, username, password: 'secret' });
    try {
      await pingRedis(client);
      return await redisRights(client);
    } finally {
      client.disconnect();
    }
  };

  it('names the commands that a user may not give, and leaves nothing behind', async () => {
    const rights = await rightsOf('few', '~millrace:*', '&millrace:*', '+@all', '-xadd', '-copy', '-zadd');
    expect(rights).toEqual({
      user: 'few',
      refused: ['COPY', 'ZADD', 'XADD'],
      refusesKeys: false,
      refusesChannel: false,
    });
    expect(await redis.command('DBSIZE')).toBe(0);
  });

  it('is content with a user that may use the keys and channels of Millrace, and no others', async () => {
    const rights = await rightsOf('enough', '~millrace:*', '&millrace:*', '+@all', '-@admin', '-flushall');
    expect(rights).toEqual({ user: 'enough', refused: [], refusesKeys: false, refusesChannel: false });
  });

  it('tells of keys and channels that are not its own', async () => {
    expect(await rightsOf('keys', '~other:*', '&millrace:*', '+@all')).toMatchObject({ refusesKeys: true });
    const deaf = await rightsOf('deaf', '~millrace:*', 'resetchannels', '+@all');
    expect(deaf).toMatchObject({ refused: [], refusesKeys: false, refusesChannel: true });
  });

  it('compares the clocks', async () => {
    const client = connectRedis({ url: redis.url });
    await pingRedis(client);
    const { clockAheadMs, versions } = await redisFacts(client);
    client.disconnect();
    expect(Math.abs(clockAheadMs)).toBeLessThan(1_000);
    expect(versions).toHaveLength(1);
  });
});

describe('what doctor asks of Kafka', () => {
  it('is what the user may do, by requests that kafkajs does not know', async () => {
    const kafka = new Kafka({ brokers: testServers().kafka, logLevel: logLevel.NOTHING });
    const [topic, other] = [uniqueName('doctor'), uniqueName('doctor')];
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 3 }], waitForLeaders: true });
    await admin.disconnect();
    const rights = await authorizedOperations(kafka, [topic, other], [uniqueName('group')]);
    // Of a topic that is not there yet too: rights go with names.
    const held = new Set(['READ', 'WRITE', 'CREATE', 'DELETE', 'ALTER', 'DESCRIBE', 'DESCRIBE_CONFIGS']);
    expect(rights.topics).toEqual(new Map([topic, other].map((name) => [name, held])));
    expect([...rights.groups.values()]).toEqual([new Set(['READ', 'DELETE', 'DESCRIBE', 'DESCRIBE_CONFIGS'])]);
    expect(rights.cluster).toContain('IDEMPOTENT_WRITE');
    expect(rights.isKafka4).toBe(true);
  });
});

describe('what doctor asks of Cassandra', () => {
  it('is its versions, its schema, its clock, and nothing of rights where all is allowed', async () => {
    const { host, port } = testServers().cassandra;
    const client = new CassandraClient({ contactPoints: [`${host}:${port}`], localDataCenter: 'datacenter1' });
    await client.connect();
    const facts = await cassandraFacts(client, 'somebody');
    await client.close();
    expect(facts).toMatchObject({ dataCenter: 'datacenter1', versions: [facts.version], schemas: 1 });
    expect(facts.permissions).toBeUndefined();
    expect(Math.abs(facts.clockAheadMs)).toBeLessThan(1_000);
  });
});

describe('the command', () => {
  it('checks all of it on real servers', async () => {
    const copy = new AirQualityCopy();
    await copy.createTable();
    const command = new CommandProcess(['doctor'], { MILLRACE_PIPELINES: copy.folder });
    const exitCode = await command.ended;
    await copy.close();
    expect({ exitCode, out: command.out }).toMatchObject({ exitCode: 0 });
    for (const subject of ['kafka permissions', 'redis permissions', 'redis clock', 'cassandra clock', 'table']) {
      expect(command.out).toContain(`ok    ${subject}`);
    }
  });
});
