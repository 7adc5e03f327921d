import type { INestApplication } from '@nestjs/common';
import { ApiModule } from '../../../src/api/api.module';
import type { RowJson } from '../../../src/core/row/row-json';
import { ApiFixture } from '../../support/api-fixture';

const DAY = 86_400_000;
const JUNE_1 = Date.parse('2013-06-01T00:00:00+08:00');
const TOPIC = 'air-quality.readings';

describe('GET /v1/pipelines/:name/rows at a time, and after a record', () => {
  let world: ApiFixture;
  let app: INestApplication;
  let url: string;

  beforeEach(async () => {
    world = new ApiFixture();
    await world.claimAll();
    ({ app, url } = await world.start([ApiModule]));
  });
  afterEach(() => app.close());

  const ask = (query: string): Promise<Response> => fetch(`${url}/v1/pipelines/air-quality-daily/rows?${query}`);
  const starts = async (query: string): Promise<string[]> => {
    const response = await ask(query);
    expect(response.status).toBe(200);
    return ((await response.json()) as { rows: RowJson[] }).rows.map(({ window }) => window!.start);
  };

  it('gives the window that holds a time, open or closed, and the next one from its first millisecond on', async () => {
    for (let day = 0; day < 3; day++) world.task(0).add('Beijing', JUNE_1 + day * DAY, 10);
    await world.task(0).commit();
    await world.task(0).commit(JUNE_1 + 2 * DAY);
    const iso = (ms: number): string => new Date(ms).toISOString();
    expect(await starts(`at=${JUNE_1 + DAY - 1}`)).toEqual([iso(JUNE_1)]);
    expect(await starts(`at=${JUNE_1 + DAY}`)).toEqual([iso(JUNE_1 + DAY)]);
    expect(await starts(`at=${iso(JUNE_1 + 2 * DAY + 5)}`)).toEqual([iso(JUNE_1 + 2 * DAY)]);
    expect(await starts(`at=${JUNE_1 - 1}`)).toEqual([]);
  });

  it('waits until the record is in the answer', async () => {
    world.task(1).add('Beijing', JUNE_1, 10);
    await world.task(1).commit();
    world.task(1).add('Beijing', JUNE_1 + DAY, 20);
    const answer = starts(`after=${TOPIC}:1:1&timeout=30s`);
    await world.task(1).commit();
    expect(await answer).toHaveLength(2);
  });

  it('says how far it is when the time is over', async () => {
    world.task(1).add('Beijing', JUNE_1, 10);
    await world.task(1).commit();
    const response = await ask(`after=${TOPIC}:1:7&timeout=10ms`);
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({
      type: 'urn:millrace:problem:not-yet',
      detail: expect.stringContaining(
        'processed up to offset 1, and the answer has to reflect everything before 8',
      ) as string,
    });
  });

  it('tells that no row has a key', async () => {
    world.task(0).add('Beijing', JUNE_1, 10);
    await world.task(0).commit();
    const body = (await (await ask('key.location=beijing')).json()) as { rows: RowJson[]; note: string };
    expect(body.rows).toEqual([]);
    expect(body.note).toContain('No row has the key location=beijing');
  });

  it.each([
    ['at=noon', 'at', 'is no time'],
    ['at=2013-06-01&from=2013-06-01', 'at', 'Give either "at"'],
    ['after=x', 'after', 'topic:partition:offset'],
    ['after=other:0:1', 'after', 'reads "air-quality.readings", not "other"'],
    [`after=${TOPIC}:2:1`, 'after', 'has 2 partitions'],
    [`after=${TOPIC}:0:1&timeout=2h`, 'timeout', 'at most 60s'],
  ])('refuses %s and says what would be right', async (query, parameter, detail) => {
    const response = await ask(query);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ parameter, detail: expect.stringContaining(detail) as string });
  });
});
