import type { INestApplication } from '@nestjs/common';
import { ApiModule } from '../../../src/api/api.module';
import { setupOpenApi } from '../../../src/api/open-api';
import type { PipelineView } from '../../../src/api/pipeline-view';
import { TransientError } from '../../../src/core/errors';
import { defineFunction } from '../../../src/core/pipeline/function-definition';
import { createLanguage } from '../../../src/core/pipeline/language';
import { ApiFixture } from '../../support/api-fixture';
import { taskStatus } from '../../support/task-status';
import { pipelineText } from '../core/pipeline/pipeline-text';

const JUNE_1 = Date.parse('2013-06-01T12:00:00+08:00');

describe('/v1/pipelines', () => {
  let world: ApiFixture;
  let app: INestApplication;
  let url: string;

  beforeEach(async () => {
    world = new ApiFixture();
    await world.claimAll('worker-2');
    ({ app, url } = await world.start([ApiModule]));
  });

  afterEach(() => app.close());

  async function one(): Promise<PipelineView> {
    return (await (await fetch(`${url}/v1/pipelines/air-quality-daily`)).json()) as PipelineView;
  }

  it('describes tasks of this process from their status, others from their last commit', async () => {
    world.task(1).add('Shanghai', JUNE_1, 30);
    await world.task(1).commit();
    const counts = { accepted: 5, filtered: 2, late: 1, dead: 0 };
    world.owned = [taskStatus(0, { counts, watermarkMs: JUNE_1 + 1, lagRecords: 7 })];

    const { tasks, totals, watermark, lagRecords, window, definition } = await one();
    expect(tasks).toMatchObject([
      { partition: 0, state: 'running', counts, lagRecords: 7 },
      {
        partition: 1,
        state: 'elsewhere',
        owner: 'worker-2',
        epoch: '1',
        nextOffset: '1',
        openWindows: 1,
        stateKeys: 1,
      },
    ]);
    expect(totals).toEqual({ accepted: 6, filtered: 2, late: 1, dead: 0 });
    expect(watermark).toEqual({ iso: '2013-06-01T04:00:00.000Z', ms: JUNE_1 });
    expect(lagRecords).toBe(7);
    expect(window).toBe('calendar day in Asia/Shanghai');
    expect(definition.metadata.name).toBe('air-quality-daily');
  });

  it('passes on that a paused pipeline is to go on, and says so for one that there is not', async () => {
    const resume = (name: string): Promise<Response> => fetch(`${url}/v1/pipelines/${name}:resume`, { method: 'POST' });
    const answer = await resume('air-quality-daily');
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ pipeline: 'air-quality-daily' });
    expect(await world.ledger.resumeRequests('air-quality-daily')).toBe(1);

    const unknown = await resume('air-quality');
    expect(unknown.status).toBe(404);
    expect(unknown.headers.get('content-type')).toContain('application/problem+json');
    expect(await unknown.json()).toMatchObject({ known: ['air-quality-daily'] });
  });

  it('says how late records are, which grace would have kept them, and why windows closed', async () => {
    const lateness = {
      records: 1_000,
      lateRecords: 10,
      p50Ms: 9,
      p99Ms: 9,
      maxMs: 9,
      grace99Ms: null,
      grace999Ms: 36_000_000,
    };
    world.figures = { lateness, closedRows: { watermark: 4, idle: 3, 'end-of-input': 0, count: 0 } };
    const view = await one();
    expect(view.lateness).toMatchObject({ share: 0.01, keep99: '1h', keep999: '10h' });
    expect(view.lateness?.advice).toBe(
      'grace 10h would have kept 99.9 % of the records; grace 1h kept 99 % of the records',
    );
    expect(view.closedRows).toMatchObject({ watermark: 4, idle: 3 });
  });

  it('says nothing of lateness where this process computes nothing', async () => {
    expect(Object.keys(await one())).not.toContain('lateness');
  });

  it('says that a task was never claimed', async () => {
    expect((await one()).tasks.map(({ state }) => state)).toEqual(['unclaimed', 'unclaimed']);
  });

  it('answers with what this process knows while the state store is away', async () => {
    world.owned = [taskStatus(0)];
    world.store.peek = () => Promise.reject(new TransientError('Redis at 127.0.0.1:6379 does not answer'));
    expect((await one()).tasks).toMatchObject([
      { partition: 0, state: 'running' },
      { partition: 1, state: 'unknown', reason: 'Redis at 127.0.0.1:6379 does not answer' },
    ]);
  });

  it('answers 503 with Retry-After for rows while the state store is away', async () => {
    world.store.peek = () => Promise.reject(new TransientError('Redis at 127.0.0.1:6379 does not answer'));
    const response = await fetch(`${url}/v1/pipelines/air-quality-daily/rows`);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await response.json()).toMatchObject({ detail: 'Redis at 127.0.0.1:6379 does not answer', status: 503 });
  });

  it('tells nothing of an error that was not foreseen', async () => {
    world.store.peek = () => Promise.reject(new Error('secret'));
    const response = await fetch(`${url}/v1/pipelines/air-quality-daily/rows`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
  });

  it('lists refused pipelines with their problems, and says that they do not run', async () => {
    const problem = { file: 'bad.yaml', line: 3, column: 5, message: 'unknown field "wher"; did you mean "where"?' };
    world.refused = [{ name: 'bad', problems: [problem] }];
    const { pipelines } = (await (await fetch(`${url}/v1/pipelines`)).json()) as { pipelines: unknown[] };
    expect(pipelines).toMatchObject([
      { name: 'air-quality-daily', state: 'running' },
      { name: 'bad', state: 'refused', reason: 'bad.yaml:3:5: unknown field "wher"; did you mean "where"?' },
    ]);
    expect((await fetch(`${url}/v1/pipelines/bad/rows`)).status).toBe(409);
  });

  it("draws a record's way", async () => {
    const response = await fetch(`${url}/v1/pipelines/air-quality-daily/topology`);
    const { mermaid, edges, tasks } = (await response.json()) as { mermaid: string; edges: unknown[]; tasks: number };
    expect(tasks).toBe(2);
    expect(edges).toContainEqual({ from: 'aggregate', to: 'sink0' });
    expect(mermaid).toContain(
      'flowchart LR\n  source[("air-quality.readings")]\n  where{{"pm25 != null #38;#38; pm25 #62;= 0"}}',
    );
  });

  it.each(['application/yaml', 'text/plain', 'application/json'])('validates definitions sent as %s', async (type) => {
    const body = JSON.stringify({ apiVersion: 'millrace/v1', kind: 'Pipeline', metadata: { name: 'p' } });
    const response = await fetch(`${url}/v1/pipelines:validate`, {
      method: 'POST',
      headers: { 'Content-Type': type },
      body,
    });
    expect(response.status).toBe(200);
    const { valid, problems } = (await response.json()) as { valid: boolean; problems: { text: string }[] };
    expect(valid).toBe(false);
    expect(problems[0]?.text).toMatch(/^request:\d+:\d+: /);
  });

  it('validates calls of what extensions add', async () => {
    const triple = defineFunction('triple', '(double): double', (x: number) => 3 * x, 1);
    await app.close();
    world.language = createLanguage({ functions: [triple] });
    ({ app, url } = await world.start([ApiModule]));
    const valid = await fetch(`${url}/v1/pipelines:validate`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/yaml' },
      body: pipelineText({ derive: '  derive: { y: triple(x) }' }),
    });
    expect(await valid.json()).toMatchObject({ valid: true, problems: [] });
  });

  it('publishes OpenAPI, and its pages without anything from elsewhere', async () => {
    await app.close();
    ({ app, url } = await world.start([ApiModule], (created) => setupOpenApi(created, '1.2.3')));
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
      paths: object;
      info: { version: string };
    };
    expect(document.info.version).toBe('1.2.3');
    const paths = [
      '/v1/dead-letters',
      '/v1/dead-letters:replay',
      '/v1/pipelines',
      '/v1/pipelines/{name}',
      '/v1/pipelines/{name}/aggregate',
      '/v1/pipelines/{name}/counter',
      '/v1/pipelines/{name}/latest',
      '/v1/pipelines/{name}/leaderboard',
      '/v1/pipelines/{name}/rows',
      '/v1/pipelines/{name}/topology',
      '/v1/pipelines/{name}/unique',
      '/v1/pipelines/{name}:resume',
      '/v1/pipelines:validate',
      '/v1/pipelines/{name}/history',
    ];
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(paths));
    const page = await (await fetch(`${url}/docs`)).text();
    expect(page).not.toMatch(/(src|href)=['"]https?:/);
    expect((await fetch(`${url}/docs/swagger-ui-bundle.js`)).status).toBe(200);
  });
});
