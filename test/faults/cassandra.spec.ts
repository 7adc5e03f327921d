import { setTimeout as delay } from 'node:timers/promises';

import { FaultedPipeline } from '../support/faulted-pipeline';
import { ownServers, serversWithOwn } from '../support/own-servers';

jest.setTimeout(300_000);

/** Of a service whose sink takes nothing while its topic is fast; it takes 256 MiB of state beside this if there is as much. */
const RESIDENT_BYTES = 400 * 2 ** 20;
/** Every health endpoint answers within this; what is slower was the machine's if it was rare. */
const ANSWER_MS = 100;
const SLOW_ANSWERS = 0.02;
const SAMPLE_MS = 50;
/** Longer than the consumer's session lasts, and than a write may take: its outcome is then unknown. */
const STANDSTILL_MS = 20_000;
const MINUTE_MS = 60_000;

interface Watched {
  readonly answersMs: readonly number[];
  readonly residentBytes: number;
}

/** Asks the probes in turn, and how much memory is resident, for `durationMs`. */
async function watch(pipeline: FaultedPipeline, durationMs: number): Promise<Watched> {
  const answersMs: number[] = [];
  let residentBytes = 0;
  const end = performance.now() + durationMs;
  for (let round = 0; performance.now() < end; round++) {
    const began = performance.now();
    await pipeline.health((['live', 'ready', 'startup'] as const)[round % 3]!);
    answersMs.push(performance.now() - began);
    if (round % 10 === 0)
      residentBytes = Math.max(residentBytes, await pipeline.metric('process_resident_memory_bytes'));
    await delay(SAMPLE_MS);
  }
  return { answersMs, residentBytes };
}

describe('Cassandra', () => {
  const servers = serversWithOwn('cassandra');
  const { host, port } = servers.cassandra;
  const env = { MILLRACE_CASSANDRA_CONTACT_POINTS: `${host}:${port}` };
  let pipeline: FaultedPipeline;

  beforeAll(() => ownServers.start('cassandra'));
  afterEach(() => pipeline.close());
  afterAll(() => ownServers.stop('cassandra'));

  it('that stands still under a fast topic: memory is bounded, probes answer, no task moves, and nothing is lost', async () => {
    pipeline = await FaultedPipeline.start({ name: 'cassandra-stopped', env, servers, paceMs: 5 });
    await pipeline.someTime();
    const rebalances = await pipeline.metric('millrace_rebalances_total');
    await ownServers.signal('cassandra', 'SIGSTOP');
    const { answersMs, residentBytes } = await watch(pipeline, STANDSTILL_MS);
    expect(await pipeline.unready('cassandra')).toMatch(/\S/);
    expect((await pipeline.logs('task.paused')).message).toMatch(/waits: /);
    await ownServers.signal('cassandra', 'SIGCONT');
    await pipeline.service.ready();
    await pipeline.expectNothingLostNothingDouble();
    expect(await pipeline.metric('millrace_rebalances_total')).toBe(rebalances);
    expect(residentBytes).toBeLessThan(RESIDENT_BYTES);
    const slow = answersMs.filter((ms) => ms >= ANSWER_MS);
    expect({ slow, of: answersMs.length, few: slow.length <= answersMs.length * SLOW_ANSWERS }).toMatchObject({
      few: true,
    });
  });

  it('killed, and away for a minute under load, makes the tasks wait within bounded memory, and costs nothing', async () => {
    pipeline = await FaultedPipeline.start({ name: 'cassandra-killed', env, servers, paceMs: 200 });
    await pipeline.someTime();
    await ownServers.signal('cassandra', 'SIGKILL');
    expect(await pipeline.unready('cassandra')).toMatch(/\S/);
    expect((await pipeline.health('live')).status).toBe(200);
    const { residentBytes } = await watch(pipeline, MINUTE_MS);
    expect(residentBytes).toBeLessThan(RESIDENT_BYTES);
    await ownServers.start('cassandra');
    await pipeline.service.ready();
    await pipeline.someTime();
    await pipeline.expectNothingLostNothingDouble();
    expect(await pipeline.metric('millrace_sink_retries_total')).toBeGreaterThan(0);
  });
});
