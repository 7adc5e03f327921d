import type { NestExpressApplication } from '@nestjs/platform-express';
import { loadConfig } from '../../src/config/config';
import { startService } from '../../src/main';

describe('the service', () => {
  let app: NestExpressApplication;
  let url: string;

  const start = async (settings: Record<string, string> = {}): Promise<void> => {
    const config = loadConfig({
      MILLRACE_MODE: 'embedded',
      MILLRACE_HTTP_HOST: '127.0.0.1',
      MILLRACE_HTTP_PORT: '0',
      MILLRACE_LOG_LEVEL: 'silent',
      ...settings,
    });
    app = await startService(config, { demo: false });
    url = await app.getUrl();
  };
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
