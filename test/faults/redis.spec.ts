import { CuttableLink } from '../support/cuttable-link';
import { FaultedPipeline } from '../support/faulted-pipeline';
import { RedisCluster } from '../support/redis-cluster';
import { RedisProcess } from '../support/redis-process';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(120_000);

describe('Redis', () => {
  let redis: RedisProcess;
  let pipeline: FaultedPipeline;

  const start = async (name: string, edit?: (yaml: string) => string): Promise<void> => {
    const env = { MILLRACE_REDIS_URL: redis.url };
    pipeline = await FaultedPipeline.start({ name, env, ...(edit && { edit }) });
  };

  beforeEach(async () => {
    redis = await RedisProcess.reserve();
    redis.start();
  });
  afterEach(async () => {
    await pipeline.close();
    await redis.remove();
  });

  it('killed and restarted with appendfsync everysec, again and again, makes the pipeline wait and costs nothing', async () => {
    await start('redis-killed');
    for (let round = 0; round < 2; round++) {
      await pipeline.someTime();
      await redis.kill();
      expect(await pipeline.unready('redis')).toMatch(/\S/);
      await pipeline.logs('task.paused', round);
      redis.start();
      await pipeline.service.ready();
    }
    await pipeline.expectNothingLostNothingDouble();
    expect(await pipeline.metric('millrace_sink_retries_total')).toBeGreaterThan(0);
    expect(pipeline.service.logged('task.resumed').length).toBeGreaterThan(0);
  });

  it('restarted from any earlier moment of its append-only file fences the living owner, who goes on from there', async () => {
    await start('redis-older');
    for (let round = 0; round < 2; round++) {
      await pipeline.someTime();
      await redis.kill();
      redis.forgetBeyond(pipeline.seeded.between(20, 95));
      redis.start();
      await pipeline.logs('task.fenced', round);
      await pipeline.service.ready();
    }
    await pipeline.expectNothingLostNothingDouble();
    expect(await pipeline.metric('millrace_fenced_total')).toBeGreaterThanOrEqual(2);
  });

  it('emptied by FLUSHALL is said to have lost the state, which is rebuilt from the log', async () => {
    await start('redis-flushed');
    await pipeline.someTime();
    await pipeline.copy.isMirrored();
    await redis.command('FLUSHALL');
    const { level, message } = await pipeline.logs('task.state-lost');
    expect([level, message]).toEqual(['error', expect.stringContaining('Rebuilding it from offset 0')]);
    await pipeline.someTime();
    await pipeline.expectNothingLostNothingDouble();
    expect(pipeline.service.logged('task.fenced').length).toBeGreaterThan(0);
  });

  it('emptied by FLUSHALL fails a pipeline that asks for it, and names the remedy', async () => {
    await start('redis-flushed-fail', (yaml) => yaml.replace('  late: drop', '  late: drop\n  onStateLoss: fail'));
    await pipeline.someTime();
    await pipeline.copy.isMirrored();
    await redis.command('FLUSHALL');
    const { message } = await pipeline.logs('task.failed');
    expect(message).toContain(`millrace reset ${pipeline.copy.name} --to earliest`);
    expect(await pipeline.unready(pipeline.part)).toContain('onStateLoss is fail');
  });

  it('that has reached maxmemory makes the pipeline wait, with its words, until there is more', async () => {
    await start('redis-full');
    await pipeline.someTime();
    await redis.command('CONFIG', 'SET', 'maxmemory', '1mb');
    expect(await pipeline.unready(pipeline.part)).toMatch(/OOM command not allowed/);
    expect((await pipeline.logs('task.paused')).message).toMatch(/OOM command not allowed/);
    expect((await pipeline.health('live')).status).toBe(200);
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    await pipeline.expectNothingLostNothingDouble();
  });

  it('that may drop keys to make room is waited for at start, and makes the service unready later', async () => {
    const [name, value] = ['maxmemory-policy', 'allkeys-lru'];
    await redis.command('CONFIG', 'SET', name, value, 'maxmemory', '100mb');
    pipeline = await FaultedPipeline.prepare({ name: 'redis-policy', env: { MILLRACE_REDIS_URL: redis.url } });
    await pipeline.startService();
    expect((await pipeline.logs('startup.waiting')).message).toContain('maxmemory-policy is allkeys-lru');
    await waitUntil('the service listens', async () => (await pipeline.service.status('/health/live')) === 200);
    expect((await pipeline.health('startup')).body.error?.['startup']).toMatchObject({ waitingFor: 'redis' });

    await redis.command('CONFIG', 'SET', name, 'noeviction');
    await pipeline.service.ready();
    await redis.command('CONFIG', 'SET', name, value);
    expect(await pipeline.unready('redis')).toContain('CONFIG SET maxmemory-policy noeviction');
  });
});

describe('a Redis Cluster of three nodes', () => {
  let cluster: RedisCluster;
  let pipeline: FaultedPipeline;

  beforeEach(async () => {
    cluster = await RedisCluster.start();
  });
  afterEach(async () => {
    await pipeline.close();
    await cluster.remove();
  });

  it('of which one is killed and restarted makes the tasks there wait and costs nothing', async () => {
    const env = { MILLRACE_REDIS_URL: cluster.url };
    pipeline = await FaultedPipeline.start({ name: 'redis-cluster', env });
    await pipeline.someTime();
    const sizes = await Promise.all(cluster.nodes.map((node) => node.command('DBSIZE')));
    expect(sizes.filter((size) => Number(size) > 0).length).toBeGreaterThan(1);

    const victim = cluster.nodes[sizes.indexOf(Math.max(...sizes.map(Number)))]!;
    await victim.kill();
    expect(await pipeline.unready('redis')).toMatch(/\S/);
    await pipeline.logs('task.paused');
    victim.start();
    await pipeline.service.ready();
    await pipeline.someTime();
    await pipeline.expectNothingLostNothingDouble();
  });
});

describe('a Redis that Sentinel watches', () => {
  const main = 'primary';
  let first: RedisProcess;
  let replica: RedisProcess;
  let sentinel: RedisProcess;
  let link: CuttableLink;
  let pipeline: FaultedPipeline;

  beforeEach(async () => {
    first = await RedisProcess.reserve();
    first.start();
    link = await CuttableLink.to({ host: '127.0.0.1', port: first.port });
    replica = await RedisProcess.reserve({ replicaof: link.address.replace(':', ' ') });
    replica.start();
    await waitUntil('the replica follows', async () =>
      /master_link_status:up/.test(String(await replica.command('INFO', 'replication'))),
    );
    sentinel = await RedisProcess.reserve();
    sentinel.startSentinel([
      `sentinel monitor ${main} 127.0.0.1 ${first.port} 1`,
      `sentinel down-after-milliseconds ${main} 1000`,
      // Until then Sentinel leaves the replica at the link, although that is not the address of its primary.
      `sentinel failover-timeout ${main} 60000`,
    ]);
    await waitUntil('Sentinel knows the replica', async () =>
      String(await sentinel.command('SENTINEL', 'REPLICAS', main)).includes(String(replica.port)),
    );
  });
  afterEach(async () => {
    await pipeline.close();
    await sentinel.remove();
    await link.cut();
    await replica.remove();
    await first.remove();
  });

  it('and that fails over to a stale replica fences the living owner, who goes on from the older state', async () => {
    const env = { MILLRACE_REDIS_URL: `redis-sentinel://127.0.0.1:${sentinel.port}/${main}` };
    pipeline = await FaultedPipeline.start({ name: 'redis-sentinel', env });
    await pipeline.someTime();
    await link.cut();
    await pipeline.someTime();
    await first.kill();
    await pipeline.logs('task.paused');
    await pipeline.logs('task.fenced');
    expect(String(await replica.command('ROLE'))).toMatch(/^master/);
    await pipeline.service.ready();
    await pipeline.someTime();
    await pipeline.expectNothingLostNothingDouble();
  });
});
