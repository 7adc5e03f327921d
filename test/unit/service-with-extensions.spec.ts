import type { NestExpressApplication } from '@nestjs/platform-express';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/config';
import { ISOLATIONS } from '../../src/config/extensions-isolation';
import { startService } from '../../src/main';
import { waitUntil } from '../support/wait-until';
import { pipelineText } from './core/pipeline/pipeline-text';

const EXAMPLE = join(__dirname, '..', '..', 'examples', 'typescript', 'pipelines.ts');

/** Calls an aggregate and a function of the example. */
const CALLING = pipelineText({
  metadata: 'metadata: { name: calling }',
  derive: '  derive: { dew: "dew_point(20, 100)" }',
  aggregate: '  aggregate: { typical: geometric_mean(x) }',
  emit: '  emit: { on: both }',
});

/** A module that writes down what it finds of a password. */
const looking = (seen: string): string => `
  require('node:fs').writeFileSync(${JSON.stringify(seen)}, process.env.MILLRACE_CASSANDRA_PASSWORD ?? 'nothing');
  exports.functions = [];
`;

/** One that tries, where it cannot. */
const HARMLESS = `
  if (typeof process !== 'undefined') throw new Error('the process is there');
  exports.functions = [];
`;

describe.each(ISOLATIONS)('a service with a module of extensions in the %s', (isolation) => {
  let folder: string;
  let app: NestExpressApplication;
  let url: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-service-'));
    writeFileSync(join(folder, 'calling.yaml'), CALLING);
    writeFileSync(join(folder, 'looking.cjs'), isolation === 'process' ? looking(join(folder, 'seen')) : HARMLESS);
    process.env['MILLRACE_CASSANDRA_PASSWORD'] = 'hush';
    const config = loadConfig({
      ...{ MILLRACE_MODE: 'embedded', MILLRACE_HTTP_HOST: '127.0.0.1', MILLRACE_HTTP_PORT: '0' },
      ...{ MILLRACE_LOG_LEVEL: 'silent', MILLRACE_PIPELINES: folder },
      MILLRACE_EXTENSIONS: `${EXAMPLE},${join(folder, 'looking.cjs')}`,
      MILLRACE_EXTENSIONS_ISOLATION: isolation,
      // It has none.
      MILLRACE_FEEDS: folder,
    });
    app = await startService(config, { demo: false });
    url = await app.getUrl();
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });

  const rows = async (pipeline: string) => {
    const response = await fetch(`${url}/v1/pipelines/${pipeline}/rows`);
    if (!response.ok) return [];
    return ((await response.json()) as { rows: { values: Record<string, unknown> }[] }).rows;
  };
  const ingest = async (topic: string, record: object) => {
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify(record);
    const response = await fetch(`${url}/v1/ingest/${topic}`, { method: 'POST', headers, body });
    return response.status;
  };
  const has = (pipeline: string, values: object) =>
    waitUntil(
      `${pipeline} has ${JSON.stringify(values)}`,
      async () => (await rows(pipeline)).some((row) => JSON.stringify(row.values) === JSON.stringify(values)),
      20_000,
    );

  it('runs the pipelines of the module', async () => {
    const weather = { temperature: 20, humidity: 90 };
    const record = { location: 'A', observed_at: '2026-01-01T00:00:00Z', pm25: 4, ...weather };
    await waitUntil('the topic takes records', async () => (await ingest('air-quality.readings', record)) === 202);
    await has('muggiest-of-the-day', { when: '2026-01-01T00:00:00Z', readings: 1 });
  });

  it('shows its modules no secret of the settings in the environment', () => {
    const seen = join(folder, 'seen');
    expect(existsSync(seen) ? readFileSync(seen, 'utf8') : 'no environment').toBe(
      isolation === 'process' ? 'nothing' : 'no environment',
    );
  });

  it('lets definitions call its aggregates and functions', async () => {
    await waitUntil(
      'the topic takes records',
      async () => (await ingest('in', { k: 'a', x: 1, at: '2026-01-01T00:00:00Z' })) === 202,
    );
    await has('calling', { typical: 1 });
  });
});
