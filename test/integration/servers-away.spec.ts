import { AirQualityCopy } from '../support/air-quality';
import { CuttableLink } from '../support/cuttable-link';
import { RedisProcess } from '../support/redis-process';
import { ServiceProcess } from '../support/service';
import { testServers } from '../support/servers';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(180_000);

/** A server that this suite alone uses, or reaches by a way of its own, so that it can be away for nobody else. */
interface Server {
  readonly env: Record<string, string>;
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

const servers: Record<string, () => Promise<Server>> = {
  async redis() {
    const redis = await RedisProcess.reserve();
    redis.start();
    return {
      env: { MILLRACE_REDIS_URL: redis.url },
      goAway: () => redis.kill(),
      comeBack: () => Promise.resolve(redis.start()),
      close: () => redis.remove(),
    };
  },
  async cassandra() {
    const link = await CuttableLink.to(testServers().cassandra);
    return {
      env: { MILLRACE_CASSANDRA_CONTACT_POINTS: link.address },
      goAway: () => link.cut(),
      comeBack: () => link.mend(),
      close: () => link.cut(),
    };
  },
};

const POSTS = ['Beijing US Post', 'Chengdu US Post', 'Guangzhou US Post', 'Shanghai US Post', 'Shenyang US Post'];
const DAY = { avg_pm25: 11.5, max_pm25: 23, min_pm25: 0, readings: 24 };

/** The 24 readings of one day in January 2013 of every post; each day's row is {@link DAY}. */
function readingsOf(day: number): { key: string; value: string }[] {
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  return hours.flatMap((hour) =>
    POSTS.map((location) => {
      const observed_at = new Date(Date.UTC(2013, 0, day, hour - 8)).toISOString();
      return { key: location, value: JSON.stringify({ observed_at, location, pm25: hour }) };
    }),
  );
}

type Health = { error?: Record<string, { status: string; reason?: string; waitingFor?: string }> };

async function healthOf(service: ServiceProcess, probe: string): Promise<{ status: number; body: Health }> {
  const response = await fetch(`${service.url}/health/${probe}`);
  return { status: response.status, body: (await response.json()) as Health };
}

describe.each(Object.keys(servers))('%s', (name) => {
  let copy: AirQualityCopy;
  let server: Server;
  let service: ServiceProcess;
  /** Closes what was opened, the last first, however far a test came. */
  const opened: (() => Promise<unknown>)[] = [];

  const start = async (suffix: string): Promise<void> => {
    service = await ServiceProcess.start(`${name}-${suffix}`, { MILLRACE_PIPELINES: copy.folder, ...server.env });
    opened.push(() => service.stop());
  };
  const expectDays = async (days: readonly number[]): Promise<void> => {
    await waitUntil('the pipeline has caught up', () => copy.hasCaughtUp());
    const expected = new Map(days.flatMap((day) => POSTS.map((post) => [`${post}|2013-01-0${day}`, DAY])));
    await waitUntil(`the table has ${expected.size} whole days`, async () => {
      const { rows } = await copy.table();
      return [...rows.values()].filter(({ readings }) => readings === 24).length === expected.size;
    });
    expect((await copy.table()).rows).toEqual(expected);
  };

  beforeEach(async () => {
    copy = new AirQualityCopy();
    opened.push(() => copy.close());
    await copy.createTable();
    server = await servers[name]!();
    opened.push(() => server.close());
  });
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close();
  });

  it('away at start is named by the start-up probe and waited for', async () => {
    await server.goAway();
    await start('away-at-start');
    await waitUntil(`the start-up probe names ${name}`, async () => {
      if ((await service.status('/health/live')) !== 200) return false;
      const { status, body } = await healthOf(service, 'startup');
      return status === 503 && body.error?.['startup']?.waitingFor === name;
    });
    expect((await healthOf(service, 'startup')).body.error?.['startup']?.reason).toMatch(/\S/);
    expect(await service.status('/health/ready')).toBe(503);

    await server.comeBack();
    await service.ready();
    expect(await service.status('/health/startup')).toBe(200);
    await copy.produce(readingsOf(1));
    await expectDays([1]);
  });

  it('away later makes the service unready, not dead, and nothing is lost or counted twice', async () => {
    await start('away-later');
    await service.ready();
    await copy.produce(readingsOf(1));
    await expectDays([1]);

    await server.goAway();
    await copy.produce(readingsOf(2));
    const body = await waitUntil(`the readiness probe names ${name}`, async () => {
      const { status, body } = await healthOf(service, 'ready');
      return status === 503 && body.error?.[name] ? body : undefined;
    });
    expect(body.error?.[name]).toMatchObject({ status: 'down', reason: expect.stringMatching(/\S/) });
    expect(await service.status('/health/live')).toBe(200);
    expect(await service.status('/health/startup')).toBe(200);

    await server.comeBack();
    await service.ready();
    await copy.produce(readingsOf(3));
    await expectDays([1, 2, 3]);
    expect(service.hasExited).toBe(false);
    const { totals } = await service.json<{ totals: unknown }>(`/v1/pipelines/${copy.name}`);
    expect(totals).toEqual({ accepted: 3 * 24 * POSTS.length, filtered: 0, late: 0, dead: 0 });
  });
});
