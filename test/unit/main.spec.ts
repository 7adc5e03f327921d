import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { loadConfig } from '../../src/config/config';
import { ConfigError } from '../../src/core/errors';
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

describe('the service with a definition that is wrong', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-refused-'));
    writeFileSync(join(folder, 'wrong.yaml'), 'apiVersion: millrace/v1\nkind: Pipeline\nmetadata: { name: wrong }\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('runs what is right', async () => {
    await start({ MILLRACE_PIPELINES: folder });
    expect((await fetch(`${url}/v1/pipelines`)).status).toBe(200);
    await app.close();
  });

  it('does not start with MILLRACE_ON_REFUSED=fail, and says where the mistake is', async () => {
    const started = start({ MILLRACE_PIPELINES: folder, MILLRACE_ON_REFUSED: 'fail' });
    await expect(started).rejects.toThrow(ConfigError);
    await expect(started).rejects.toThrow(/wrong\.yaml:\d+:\d+: /);
  });

  it('starts with MILLRACE_ON_REFUSED=fail when all are right', async () => {
    await start({ MILLRACE_ON_REFUSED: 'fail' });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    await app.close();
  });
});
