import { FaultedPipeline } from '../support/faulted-pipeline';
import { RedisProcess } from '../support/redis-process';

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
});
