import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { loadConfig } from '../../../src/config/config';
import { startService } from '../../../src/main';
import { NO_FEEDS } from '../../support/service';
import { SocketClient } from '../../support/socket-client';
import { waitUntil } from '../../support/wait-until';

const PIPELINES = join(__dirname, '..', '..', '..', 'pipelines');
const READING = JSON.stringify({ observed_at: '2013-01-01T00:00:00Z', location: 'Beijing US Post', pm25: 1 });
const LIVE = '/v1/pipelines/air-quality-daily/live';
const keys = (...names: string[]): string =>
  `keys:\n${names.map((name) => `  - { name: ${name}, key: ${name}-0123456789abcdef, scopes: [${name}] }\n`).join('')}`;

let folder: string;
let app: NestExpressApplication;
let url: string;

async function start(settings: Record<string, string>): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'millrace-access-'));
  writeFileSync(join(folder, 'keys'), keys('read', 'ingest', 'operate'));
  const config = loadConfig({
    ...{ MILLRACE_MODE: 'embedded', MILLRACE_HTTP_HOST: '127.0.0.1', MILLRACE_HTTP_PORT: '0' },
    ...{ MILLRACE_LOG_LEVEL: 'silent', MILLRACE_FEEDS: NO_FEEDS, MILLRACE_PIPELINES: PIPELINES },
    ...settings,
    ...(settings['MILLRACE_API_KEYS_FILE'] === undefined ? {} : { MILLRACE_API_KEYS_FILE: join(folder, 'keys') }),
  });
  app = await startService(config, { demo: false });
  url = await app.getUrl();
}
async function stop(): Promise<void> {
  await app.close();
  rmSync(folder, { recursive: true });
}

const ask = (path: string, { key, ...init }: RequestInit & { key?: string } = {}): Promise<Response> =>
  fetch(url + path, { ...init, headers: { ...(key && { 'x-api-key': `${key}-0123456789abcdef` }), ...init.headers } });

describe('a service whose keys have scopes', () => {
  beforeAll(async () => {
    await start({ MILLRACE_API_KEYS_FILE: 'in the folder' });
    await waitUntil('the service is ready', async () => (await ask('/health/ready')).ok);
  });
  afterAll(stop);

  const post = (path: string, key: string, body = '{}') =>
    ask(path, { method: 'POST', key, body, headers: { 'content-type': 'application/json' } });

  it.each(['/v1/pipelines', '/v1/jobs', '/v1/models', '/v1/dead-letters?pipeline=air-quality-daily'])(
    'shows %s to who may read, and to nobody else',
    async (path) => {
      const statuses = await Promise.all(
        ['read', 'ingest', 'operate'].map(async (key) => (await ask(path, { key })).status),
      );
      expect(statuses).toEqual([200, 403, 403]);
    },
  );

  it('takes records from who may send them', async () => {
    await waitUntil('the pipeline takes records', async () => {
      const { status } = await post('/v1/ingest/air-quality.readings', 'ingest', READING);
      return status === 202;
    });
    const refused = await post('/v1/ingest/air-quality.readings', 'read', READING);
    expect(refused.status).toBe(403);
    const problem: unknown = JSON.parse(await refused.text());
    expect(problem).toMatchObject({
      type: 'urn:millrace:problem:scope',
      detail: expect.stringContaining('"ingest"') as unknown,
    });
  });

  it.each([
    '/v1/pipelines/air-quality-daily:resume',
    '/v1/pipelines/nowhere/rebuilds',
    '/v1/pipelines/nowhere/exports',
    '/v1/dead-letters:replay',
    '/v1/jobs/nothing:retry',
  ])('leaves %s to who may operate', async (path) => {
    for (const key of ['read', 'ingest']) expect((await post(path, key)).status).toBe(403);
    expect([401, 403]).not.toContain((await post(path, 'operate')).status);
  });

  it.each(['/v1/pipelines:validate', '/v1/models/pm25-forecast:predict'])('lets who may read ask %s', async (path) => {
    expect([401, 403]).not.toContain((await post(path, 'read')).status);
    expect((await post(path, 'ingest')).status).toBe(403);
  });

  it('cuts streams and sockets off whose key is gone, and lets a new one in', async () => {
    const stream = await ask(LIVE, { key: 'read' });
    const socket = await SocketClient.open(url, { headers: { 'x-api-key': 'read-0123456789abcdef' } });
    expect(stream.status).toBe(200);
    writeFileSync(join(folder, 'keys'), keys('ingest', 'operate').replace('scopes: [operate]', 'scopes: [read]'));
    await stream.text();
    await waitUntil('the socket is closed', () => socket.closeCode);
    expect((await ask(LIVE, { key: 'read' })).status).toBe(401);
    expect((await ask('/v1/pipelines', { key: 'operate' })).status).toBe(200);
  });
});

describe('a service without keys', () => {
  afterEach(stop);

  it('answers this machine alone when it is told to', async () => {
    await start({ MILLRACE_AUTH: 'local' });
    expect((await ask('/v1/pipelines')).status).toBe(200);
    const refused = await ask('/v1/pipelines', { headers: { 'x-forwarded-for': '10.0.0.7' } });
    expect(refused.status).toBe(403);
    expect(JSON.parse(await refused.text())).toMatchObject({
      detail: expect.stringContaining('MILLRACE_API_KEYS_FILE') as unknown,
    });
    expect((await ask('/health/live', { headers: { 'x-forwarded-for': '10.0.0.7' } })).status).toBe(200);
  });

  it('answers no page of another origin, unless it is named', async () => {
    await start({ MILLRACE_HTTP_ORIGINS: 'https://ops.example' });
    const foreign = await ask('/v1/pipelines', { headers: { origin: 'https://elsewhere.example' } });
    expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    const named = await ask('/v1/pipelines', { headers: { origin: 'https://ops.example' } });
    expect([named.status, named.headers.get('access-control-allow-origin')]).toEqual([200, 'https://ops.example']);
    const preflight = await ask('/v1/ingest/x', {
      method: 'OPTIONS',
      headers: { origin: 'https://ops.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-headers')).toMatch('X-Api-Key');
  });

  it('says nothing to other origins by default, and to browsers what they must not do', async () => {
    await start({});
    const preflight = await ask('/v1/pipelines', {
      method: 'OPTIONS',
      headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'GET' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
    const answer = await ask('/v1/pipelines');
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(answer.headers.has('strict-transport-security')).toBe(false);
    const secure = await ask('/', { headers: { 'x-forwarded-proto': 'https' } });
    expect(secure.headers.get('strict-transport-security')).toBe('max-age=31536000');
    expect(secure.headers.get('content-security-policy')).toMatch("default-src 'self'");
  });

  it.each(['/', '/docs', '/assets/app.js'])('shows %s without scripts of others', async (path) => {
    await start({});
    const policy = (await ask(path)).headers.get('content-security-policy') ?? '';
    expect(policy).not.toMatch(/script-src|unsafe-eval|https?:/);
    expect(policy).toMatch("frame-ancestors 'none'");
  });
});
