import type { INestApplication } from '@nestjs/common';
import { TransientError } from '../../../src/core/errors';
import { DependencyWatch } from '../../../src/health/dependency-watch';
import { HealthModule } from '../../../src/health/health.module';
import { StartupState } from '../../../src/health/startup-state';
import { ApiFixture } from '../../support/api-fixture';
import { taskStatus } from '../../support/task-status';

describe('health', () => {
  let world: ApiFixture;
  let app: INestApplication;
  let url: string;
  let redisIsAway: boolean;

  beforeEach(async () => {
    redisIsAway = false;
    world = new ApiFixture();
    world.pings.set('redis', () =>
      redisIsAway ? Promise.reject(new TransientError('connection refused at 127.0.0.1:6379')) : Promise.resolve(),
    );
    ({ app, url } = await world.start([HealthModule]));
    app.get(StartupState, { strict: false }).done();
    await app.get(DependencyWatch).ask();
  });

  afterEach(() => app.close());

  async function health(probe: string): Promise<{ status: number; body: { error: unknown; details: unknown } }> {
    const response = await fetch(`${url}/health/${probe}`);
    return { status: response.status, body: (await response.json()) as { error: unknown; details: unknown } };
  }

  it('is live and ready while everything works', async () => {
    world.owned = [taskStatus(0)];
    expect((await health('live')).status).toBe(200);
    expect(await health('ready')).toMatchObject({
      status: 200,
      body: { details: { redis: { status: 'up' }, 'pipeline:air-quality-daily': { status: 'up', tasks: 1 } } },
    });
  });

  it('says what start-up waits for', async () => {
    app.get(StartupState, { strict: false }).waitingFor('kafka', 'no broker answers at 127.0.0.1:9092');
    expect(await health('startup')).toMatchObject({
      status: 503,
      body: { error: { startup: { waitingFor: 'kafka', reason: 'no broker answers at 127.0.0.1:9092' } } },
    });
    expect((await health('ready')).status).toBe(503);
    app.get(StartupState, { strict: false }).done();
    expect((await health('startup')).status).toBe(200);
  });

  it('is not ready, but live, while a server is away', async () => {
    redisIsAway = true;
    await app.get(DependencyWatch).ask();
    expect(await health('ready')).toMatchObject({
      status: 503,
      body: { error: { redis: { status: 'down', reason: 'connection refused at 127.0.0.1:6379' } } },
    });
    expect((await health('live')).status).toBe(200);
  });

  it.each(['failed', 'paused', 'starting'] as const)('is not ready while a pipeline is %s', async (state) => {
    world.state = state;
    expect(await health('ready')).toMatchObject({
      status: 503,
      body: { error: { 'pipeline:air-quality-daily': { reason: `It is ${state}.` } } },
    });
  });

  it('is not ready while one task is dead', async () => {
    world.owned = [taskStatus(0), taskStatus(1, { state: 'failed', reason: 'no table aqdata.pm25' })];
    expect(await health('ready')).toMatchObject({
      status: 503,
      body: {
        error: {
          'pipeline:air-quality-daily': { reason: 'The task of partition 1 is failed: no table aqdata.pm25' },
        },
      },
    });
  });

  it('stays ready, degraded, with a refused definition', async () => {
    world.refused = [{ name: 'bad', problems: [{ file: 'bad.yaml', line: 1, column: 1, message: 'no spec' }] }];
    expect(await health('ready')).toMatchObject({
      status: 200,
      body: { details: { 'pipeline:bad': { status: 'degraded', reason: 'Refused: no spec' } } },
    });
  });

  it('does not ask a server again that is still silent, and does not make probes wait for it', async () => {
    let asked = 0;
    world.pings.set('kafka', () => new Promise(() => void asked++));
    await app.close();
    ({ app, url } = await world.start([HealthModule]));
    app.get(StartupState, { strict: false }).done();
    void app.get(DependencyWatch).ask();
    expect(await health('ready')).toMatchObject({
      status: 503,
      body: { error: { kafka: { reason: 'kafka has not answered yet.' } } },
    });
    expect(asked).toBe(1);
  });
});
