import type { INestApplication } from '@nestjs/common';
import { ApiModule } from '../../../src/api/api.module';
import { RateLimitGuard } from '../../../src/api/rate-limit.guard';
import { MemoryRateLimiter } from '../../../src/adapters/memory/memory-rate-limiter';
import { HealthController } from '../../../src/health/health.controller';
import { ApiFixture } from '../../support/api-fixture';

describe('the limit of requests', () => {
  let world: ApiFixture;
  let app: INestApplication;
  let url: string;

  beforeEach(async () => {
    world = new ApiFixture();
    const limiter = new MemoryRateLimiter({ now: () => world.nowMs });
    ({ app, url } = await world.start([ApiModule], (made) =>
      made.useGlobalGuards(new RateLimitGuard(limiter, { algorithm: 'sliding-window', units: 3, windowMs: 60_000 })),
    ));
  });
  afterEach(() => app.close());

  const get = (path: string, key?: string): Promise<Response> =>
    fetch(`${url}${path}`, key === undefined ? {} : { headers: { 'x-api-key': key } });

  it('says with each answer what is left, and refuses with the time to wait', async () => {
    const first = await get('/v1/pipelines');
    expect(first.status).toBe(200);
    expect(first.headers.get('ratelimit-policy')).toBe('"client";q=3;w=60');
    expect(first.headers.get('ratelimit')).toMatch(/^"client";r=2;t=6[01]$/);
    expect(first.headers.get('ratelimit-limit')).toBe('3');
    expect(first.headers.get('ratelimit-remaining')).toBe('2');
    await get('/v1/pipelines');
    await get('/v1/pipelines/air-quality-daily/rows');
    const refused = await get('/v1/pipelines');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(60);
    expect(await refused.json()).toMatchObject({
      ...{ type: 'urn:millrace:problem:rate-limit', status: 429 },
      'violated-policies': ['client'],
    });
    world.nowMs += 61_000;
    expect((await get('/v1/pipelines')).status).toBe(200);
  });

  it('counts each client by itself', async () => {
    for (let i = 0; i < 3; i++) await get('/v1/pipelines', 'first');
    expect((await get('/v1/pipelines', 'first')).status).toBe(429);
    expect((await get('/v1/pipelines', 'second')).status).toBe(200);
  });

  it('leaves alone what is not part of the API', async () => {
    const guard = new RateLimitGuard(new MemoryRateLimiter({ now: () => 0 }), {
      ...{ algorithm: 'fixed-window', units: 1, windowMs: 1_000 },
    });
    const context = { getType: () => 'http', getClass: () => HealthController };
    for (let i = 0; i < 3; i++) expect(await guard.canActivate(context as never)).toBe(true);
  });
});
