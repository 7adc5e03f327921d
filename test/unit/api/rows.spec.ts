import type { INestApplication } from '@nestjs/common';
import { ApiModule } from '../../../src/api/api.module';
import type { RowJson } from '../../../src/core/row/row-json';
import { ApiFixture } from '../../support/api-fixture';

const DAY = 86_400_000;
const JUNE_1 = Date.parse('2013-06-01T00:00:00+08:00');

describe('GET /v1/pipelines/:name/rows', () => {
  let world: ApiFixture;
  let app: INestApplication;
  let url: string;

  beforeEach(async () => {
    world = new ApiFixture();
    await world.claimAll();
    ({ app, url } = await world.start([ApiModule]));
  });

  afterEach(() => app.close());

  async function rows(query = ''): Promise<{ rows: RowJson[]; cursor?: string; headers: Headers }> {
    const response = await fetch(`${url}/v1/pipelines/air-quality-daily/rows${query}`);
    expect(response.status).toBe(200);
    return { ...((await response.json()) as { rows: RowJson[]; cursor?: string }), headers: response.headers };
  }

  async function everyRow(query: string): Promise<RowJson[]> {
    const found: RowJson[] = [];
    let cursor: string | undefined;
    do {
      const page = await rows(`${query}${cursor ? `&cursor=${cursor}` : ''}`);
      found.push(...page.rows);
      cursor = page.cursor;
    } while (cursor);
    return found;
  }

  function text({ key, window, values, final }: RowJson): string {
    const { avg_pm25: avg } = values as { avg_pm25: number };
    return `${String(key['location'])} ${window!.start.slice(0, 10)} ${avg}${final ? ' final' : ''}`;
  }

  async function threeDays(): Promise<void> {
    for (let day = 0; day < 3; day++) {
      world.task(0).add('Beijing', JUNE_1 + day * DAY, 10 + day);
      world.task(0).add('Chengdu', JUNE_1 + day * DAY, 20 + day);
      world.task(1).add('Shanghai', JUNE_1 + day * DAY, 30 + day);
    }
    await world.task(0).commit();
    await world.task(1).commit();
    await world.task(0).commit(JUNE_1 + 2 * DAY);
    await world.task(1).commit(JUNE_1 + 2 * DAY);
  }

  it('joins open windows from state with closed ones from the table, each row once, the newest revision', async () => {
    await threeDays();
    expect((await rows()).rows.map(text)).toEqual([
      'Beijing 2013-05-31 10 final',
      'Beijing 2013-06-01 11 final',
      'Beijing 2013-06-02 12',
      'Chengdu 2013-05-31 20 final',
      'Chengdu 2013-06-01 21 final',
      'Chengdu 2013-06-02 22',
      'Shanghai 2013-05-31 30 final',
      'Shanghai 2013-06-01 31 final',
      'Shanghai 2013-06-02 32',
    ]);
  });

  it.each([1, 2, 3, 4])('pages of %i rows hold every row once', async (limit) => {
    await threeDays();
    const found = await everyRow(`?limit=${limit}`);
    expect(found.map(text).sort()).toEqual((await rows()).rows.map(text).sort());
  });

  it('prefers what the table has when it is newer than the last commit', async () => {
    world.task(0).add('Beijing', JUNE_1, 10);
    await world.task(0).commit();
    const [open] = (await rows()).rows;
    await world.tables.sinkFor(world.pipeline).write(
      [
        {
          pipeline: world.pipeline.name,
          key: { location: 'Beijing' },
          keyText: 'Beijing',
          window: world.pipeline.windows!.assign(JUNE_1)[0],
          values: { avg_pm25: 99 },
          revision: BigInt(open!.revision) + 2n,
          final: false,
        },
      ],
      AbortSignal.timeout(1_000),
    );
    expect((await rows()).rows.map(text)).toEqual(['Beijing 2013-05-31 99']);
  });

  it('gives what the table has when that is committed after the open windows were read', async () => {
    world.task(0).add('Beijing', JUNE_1, 10);
    await world.task(0).commit();
    world.task(0).add('Beijing', JUNE_1, 30);
    const reader = world.tables.readerFor(world.pipeline);
    jest.spyOn(world.tables, 'readerFor').mockReturnValue({
      read: async (query) => {
        await world.task(0).commit();
        return reader.read(query);
      },
    });
    expect((await rows()).rows.map(text)).toEqual(['Beijing 2013-05-31 20']);
  });

  it('finds one key and one span', async () => {
    await threeDays();
    const { rows: found } = await rows(`?key.location=Chengdu&from=${JUNE_1 + DAY}&to=2013-06-03T00:00:00%2B08:00`);
    expect(found.map(text)).toEqual(['Chengdu 2013-06-01 21 final']);
    expect((await rows('?key.location=Nowhere')).rows).toEqual([]);
  });

  it('says what the answer reflects', async () => {
    await threeDays();
    const { headers } = await rows();
    expect(JSON.parse(headers.get('millrace-as-of-offsets')!)).toEqual({ 0: '6', 1: '3' });
    expect(headers.get('millrace-as-of-watermark')).toBe('2013-06-02T16:00:00.000Z');
    expect(headers.get('millrace-staleness-ms')).toBeNull();
  });

  it('says why rows of closed windows are missing', async () => {
    await threeDays();
    const note = 'rows of table ks.t cannot be read back: map a column to window.start';
    world.tables.readerFor = () => ({ read: () => Promise.resolve({ rows: [], note }) });
    const answer = await rows();
    expect(answer).toMatchObject({ note });
    expect(answer.rows.map(text)).toEqual(['Beijing 2013-06-02 12', 'Chengdu 2013-06-02 22', 'Shanghai 2013-06-02 32']);
  });

  it('is empty before anything was committed', async () => {
    expect((await rows()).rows).toEqual([]);
  });

  it.each([
    ['?limit=0', 'limit', 'whole number from 1 to 1000'],
    ['?limit=ten', 'limit', 'whole number from 1 to 1000'],
    ['?from=yesterday', 'from', 'ISO 8601'],
    ['?from=2013-06-02&to=2013-06-01', 'to', 'later than "from"'],
    ['?key.city=Beijing', 'key.city', 'key.location'],
    ['?cursor=abc', 'cursor', 'page before'],
    ['?key.location=a&key.location=b', 'key.location', 'once'],
  ])('refuses %s, naming the parameter and what would be right', async (query, parameter, remedy) => {
    const response = await fetch(`${url}/v1/pipelines/air-quality-daily/rows${query}`);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toMatch('application/problem+json');
    const problem = (await response.json()) as { parameter: string; detail: string; instance: string };
    expect(problem).toMatchObject({ status: 400, parameter });
    expect(problem.detail).toContain(remedy);
    expect(problem.instance).toBe(`/v1/pipelines/air-quality-daily/rows${query}`);
  });

  it('names the known pipelines when it is asked for another', async () => {
    const response = await fetch(`${url}/v1/pipelines/air-quality/rows`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      type: 'urn:millrace:problem:unknown-pipeline',
      known: ['air-quality-daily'],
    });
  });
});
