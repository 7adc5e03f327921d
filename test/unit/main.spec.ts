import type { NestExpressApplication } from '@nestjs/platform-express';
import { loadConfig } from '../../src/config/config';
import { startService } from '../../src/main';
import { NO_FEEDS } from '../support/service';

let app: NestExpressApplication;
let url: string;

async function start(settings: Record<string, string> = {}): Promise<void> {
  const config = loadConfig({
    MILLRACE_MODE: 'embedded',
    MILLRACE_HTTP_HOST: '127.0.0.1',
    MILLRACE_HTTP_PORT: '0',
    MILLRACE_LOG_LEVEL: 'silent',
    MILLRACE_FEEDS: NO_FEEDS,
    ...settings,
  });
  app = await startService(config, { demo: false });
  url = await app.getUrl();
}

describe('the service', () => {
  afterEach(() => app.close());

  it.each(['ingest', 'process', 'serve'])('answers problem details in the role %s', async (role) => {
    await start({ MILLRACE_ROLES: role });
    const response = await fetch(`${url}/v1/ingest/nowhere`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toMatch('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 404, instance: '/v1/ingest/nowhere' });
  });

  it('does not say what it is made of', async () => {
    await start();
    const response = await fetch(`${url}/health/live`);
    expect(response.headers.has('x-powered-by')).toBe(false);
  });
});

describe('the service with API keys', () => {
  beforeAll(() => start({ MILLRACE_API_KEYS: 'first,second' }));
  afterAll(() => app.close());
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${url}${path}`, { headers });

  it.each(['/v1/pipelines', '/V1/Pipelines/air-quality-daily/rows', '/v1/pipelines/air-quality-daily/live'])(
    'refuses %s without one, and says what is needed',
    async (path) => {
      const response = await get(path);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch('Bearer');
      expect(await response.json()).toMatchObject({ type: 'urn:millrace:problem:api-key', status: 401 });
    },
  );

  it('stores no record without one', async () => {
    const response = await fetch(`${url}/v1/ingest/air-quality.readings`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(401);
  });

  it.each<Record<string, string>>([
    { authorization: 'Bearer third' },
    { authorization: 'Basic first' },
    { authorization: 'first' },
    { 'x-api-key': '' },
    { 'x-api-key': 'first,second' },
  ])('refuses %j', async (headers) => {
    expect((await get('/v1/pipelines', headers)).status).toBe(401);
  });

  it.each<Record<string, string>>([
    { authorization: 'Bearer first' },
    { authorization: 'bearer second' },
    { 'x-api-key': 'second' },
  ])('takes %j', async (headers) => {
    expect((await get('/v1/pipelines', headers)).status).toBe(200);
  });

  it.each(['/health/live', '/health/startup', '/metrics', '/openapi.json', '/'])('leaves %s open', async (path) => {
    expect((await get(path)).status).toBe(200);
  });
});
