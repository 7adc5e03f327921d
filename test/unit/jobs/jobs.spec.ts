import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { INestApplication } from '@nestjs/common';
import { parse } from 'csv-parse/sync';
import { ApiModule } from '../../../src/api/api.module';
import { loadConfig } from '../../../src/config/config';
import { silentLog } from '../../../src/core/ports/log.port';
import type { JobView } from '../../../src/jobs/job-view';
import { JobsModule } from '../../../src/jobs/jobs.module';
import { ApiFixture } from '../../support/api-fixture';
import { waitUntil } from '../../support/wait-until';

const DAY = 86_400_000;
const JUNE_1 = Date.parse('2013-06-01T00:00:00+08:00');
const BEIJING = 'Beijing, "US" Post\nहैदराबाद';

describe('jobs over HTTP', () => {
  let folder: string;
  let world: ApiFixture;
  let app: INestApplication;
  let url: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-exports-'));
    await start({ MILLRACE_EXPORTS: folder });
    for (let day = 0; day < 3; day++) {
      world.task(0).add(BEIJING, JUNE_1 + day * DAY, 10 + day);
      world.task(1).add('Shanghai', JUNE_1 + day * DAY, 20 + day);
    }
    await world.task(0).commit();
    await world.task(1).commit(JUNE_1 + 2 * DAY);
  });
  afterEach(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });

  async function start(environment: Record<string, string>): Promise<void> {
    world = new ApiFixture();
    await world.claimAll();
    const parts = { config: loadConfig(environment), ports: world.ports(), log: silentLog };
    ({ app, url } = await world.start([ApiModule, JobsModule.of(parts)]));
  }

  async function call(method: string, path: string, body?: object): Promise<Response> {
    return fetch(`${url}/v1/${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  }

  const ended = (id: string): Promise<JobView> =>
    waitUntil(`job ${id} ends`, async () => {
      const job = (await (await call('GET', `jobs/${id}`)).json()) as JobView;
      return job.state === 'done' || job.state === 'failed' ? job : undefined;
    });

  async function exported(body?: object): Promise<JobView & { result: { file: string; rows: number; bytes: number } }> {
    const response = await call('POST', 'pipelines/air-quality-daily/exports', body);
    expect(response.status).toBe(202);
    const job = (await response.json()) as JobView;
    expect(response.headers.get('location')).toBe(`/v1/jobs/${job.id}`);
    return (await ended(job.id)) as Awaited<ReturnType<typeof exported>>;
  }

  it('exports all rows, of open and of closed windows, as NDJSON', async () => {
    const { id, result } = await exported();
    expect(result).toMatchObject({ file: `air-quality-daily-${id}.ndjson.gz`, rows: 6 });
    const bytes = readFileSync(join(folder, result.file));
    expect(result.bytes).toBe(bytes.length);
    const rows = gunzipSync(bytes)
      .toString()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { key: { location: string }; values: { avg_pm25: number } });
    expect(rows.map(({ key, values }) => `${key.location} ${values.avg_pm25}`).sort()).toEqual(
      [10, 11, 12].map((value) => `${BEIJING} ${value}`).concat([20, 21, 22].map((value) => `Shanghai ${value}`)),
    );
    expect(readdirSync(folder)).toEqual([result.file]);
  });

  it('exports CSV that reads back as it was, of the keys and times that are wanted', async () => {
    const to = new Date(JUNE_1 + 2 * DAY).toISOString();
    const { id } = await exported({ format: 'csv', gzip: false, key: { location: BEIJING }, from: JUNE_1, to });
    const file = await call('GET', `jobs/${id}/file`);
    expect(file.headers.get('content-disposition')).toContain(`air-quality-daily-${id}.csv`);
    const records = parse<Record<string, string>>(await file.text(), { columns: true });
    expect(records.map((record) => [record['location'], record['window_start'], record['avg_pm25']])).toEqual([
      [BEIJING, '2013-05-31T16:00:00.000Z', '10'],
      [BEIJING, '2013-06-01T16:00:00.000Z', '11'],
    ]);
  });

  it.each([
    [{ format: 'xml' }, 'format', 'ndjson, csv'],
    [{ key: { city: 'x' } }, 'key.city', 'location'],
    [{ from: 'yesterday' }, 'from', 'ISO 8601'],
    [{ rows: 1 }, 'body', 'rows'],
  ])('refuses %j, naming what is wrong', async (body, parameter, remedy) => {
    const response = await call('POST', 'pipelines/air-quality-daily/exports', body);
    expect(response.status).toBe(400);
    const problem = (await response.json()) as { detail: string };
    expect(problem).toMatchObject({ parameter });
    expect(problem.detail).toContain(remedy);
  });

  it('makes a dead letter of what can never be done, lists it, and begins it anew when told to', async () => {
    const { id } = await world.queue.add('export', {
      ...{ pipeline: 'gone', format: 'csv', gzip: false, key: {} },
    });
    expect(await ended(id)).toMatchObject({ state: 'failed', error: expect.stringContaining('gone') });
    const { jobs } = (await (await call('GET', 'jobs?state=failed')).json()) as { jobs: JobView[] };
    expect(jobs.map((job) => job.id)).toEqual([id]);
    expect((await call('POST', `jobs/${id}:retry`)).status).toBe(202);
    expect(await ended(id)).toMatchObject({ state: 'failed', attempts: 1 });
    const { id: good } = await exported();
    expect((await call('POST', `jobs/${good}:retry`)).status).toBe(409);
  });

  it('says what there is not: jobs, files, pipelines', async () => {
    expect((await call('GET', 'jobs/none')).status).toBe(404);
    expect((await call('POST', 'pipelines/none/exports')).status).toBe(404);
    expect((await call('GET', 'jobs?state=done')).status).toBe(400);
    const { id, result } = await exported();
    rmSync(join(folder, result.file));
    const lost = await call('GET', `jobs/${id}/file`);
    expect(lost.status).toBe(404);
    expect(((await lost.json()) as { detail: string }).detail).toContain('MILLRACE_EXPORTS');
  });

  it('says how to turn exports on where they are off', async () => {
    await app.close();
    await start({});
    const response = await call('POST', 'pipelines/air-quality-daily/exports');
    expect(response.status).toBe(409);
    expect(((await response.json()) as { detail: string }).detail).toContain('MILLRACE_EXPORTS');
  });
});
