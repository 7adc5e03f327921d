import type { INestApplication } from '@nestjs/common';
import { ApiModule } from '../../../src/api/api.module';
import { compilePipeline } from '../../../src/core/pipeline/compile';
import type { CompiledBoard, CompiledPipeline } from '../../../src/core/pipeline/compiled-pipeline';
import { pipelineSchema } from '../../../src/core/pipeline/definition';
import type { Row } from '../../../src/core/row/row';
import { BoardRowSink } from '../../../src/runtime/boards/board-row-sink';
import { airQuality, ApiFixture } from '../../support/api-fixture';

const DAY = 86_400_000;

function withBoards(): CompiledPipeline {
  const { definition } = airQuality();
  const sinks = [
    { redis: { leaderboard: { key: 'window.date', member: 'key.location', score: 'avg_pm25' } } },
    { redis: { latest: { size: 2 } } },
    { redis: { unique: { key: 'window.date', member: 'key.location' } } },
    { redis: { counter: { member: 'key.location', value: 'readings' } } },
  ];
  const spec = {
    source: { topic: 'air-quality.readings', format: 'json' },
    key: ['location'],
    window: { kind: 'calendar', unit: 'day', zone: 'UTC' },
    aggregate: definition.spec.aggregate,
    sinks,
  };
  return compilePipeline(
    pipelineSchema.parse({ apiVersion: 'millrace/v1', kind: 'Pipeline', metadata: { name: 'posts' }, spec }),
  );
}

function row(location: string, day: number, avg: number, revision = 2n): Row {
  return {
    ...{ pipeline: 'posts', key: { location }, keyText: location, revision, final: false },
    window: { startMs: day * DAY, endMs: (day + 1) * DAY, zone: 'UTC' },
    values: { avg_pm25: avg, readings: day + 1 },
  };
}

describe('what redis sinks keep, over HTTP', () => {
  let world: ApiFixture;
  let app: INestApplication;
  let url: string;

  beforeEach(async () => {
    world = new ApiFixture(withBoards());
    ({ app, url } = await world.start([ApiModule]));
    const rows = [row('Beijing', 0, 90), row('Shanghai', 0, 60), row('Chengdu', 0, 75), row('Beijing', 1, 30)];
    for (const sink of world.pipeline.sinks)
      await new BoardRowSink(world.boards, 'posts', sink as CompiledBoard).write(rows, AbortSignal.timeout(1_000));
  });

  afterEach(() => app.close());

  async function get(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${url}/v1/pipelines/${path}`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  it('gives a leaderboard from either end, with the rows behind it', async () => {
    const { body } = await get('posts/leaderboard?key=1970-01-01&limit=2');
    expect(body).toMatchObject({
      pipeline: 'posts',
      key: '1970-01-01',
      members: 3,
      entries: [
        { rank: 1, member: 'Beijing', score: 90, row: { key: { location: 'Beijing' }, values: { avg_pm25: 90 } } },
        { rank: 2, member: 'Chengdu', score: 75 },
      ],
    });
    const lowest = (await get('posts/leaderboard?key=1970-01-01&order=lowest&limit=1')).body;
    expect(lowest).toMatchObject({ entries: [{ rank: 1, member: 'Shanghai' }] });
    const one = (await get('posts/leaderboard?key=1970-01-01&member=Shanghai')).body;
    expect(one).toMatchObject({ entries: [{ rank: 3, member: 'Shanghai', score: 60 }] });
  });

  it('gives the latest rows, a unique count and counters', async () => {
    const latest = (await get('posts/latest')).body['rows'] as { key: object; window: { start: string } }[];
    expect(latest.map(({ window }) => window.start.slice(0, 10))).toEqual(['1970-01-02', '1970-01-01']);
    expect((await get('posts/unique?key=1970-01-01')).body).toEqual({
      ...{ pipeline: 'posts', key: '1970-01-01', count: 3, standardError: 0.0081 },
    });
    expect((await get('posts/counter')).body).toEqual({
      ...{ pipeline: 'posts', members: 3 },
      counters: [
        { member: 'Beijing', value: 2 },
        { member: 'Shanghai', value: 1 },
        { member: 'Chengdu', value: 1 },
      ],
    });
    expect((await get('posts/counter?member=Nowhere')).body).toMatchObject({ counters: [] });
  });

  it.each([
    ['posts/leaderboard', 400, 'window.date'],
    ['posts/counter?key=x', 400, 'one counter only'],
    ['posts/leaderboard?key=1970-01-01&limit=0', 400, '1 to 1000'],
    ['posts/leaderboard?key=1970-01-01&order=most', 400, 'highest and lowest'],
    ['posts/unique?key=1970-01-01&limit=3', 400, 'Known ones: key'],
    ['posts/latest?limit=1&limit=2', 400, 'once'],
    ['nobody/latest', 404, 'posts'],
  ])('refuses %s', async (path, status, remedy) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(answer.body['detail']).toContain(remedy);
  });

  it('says what is missing where a pipeline keeps no such thing', async () => {
    await app.close();
    world = new ApiFixture();
    ({ app, url } = await world.start([ApiModule]));
    const { status, body } = await get('air-quality-daily/leaderboard');
    expect(status).toBe(409);
    expect(body).toMatchObject({ type: 'urn:millrace:problem:no-board' });
    expect(body['detail']).toContain('redis: { leaderboard:');
  });
});
