import type { INestApplication } from '@nestjs/common';
import { ApiModule } from '../../../src/api/api.module';
import { ApiFixture } from '../../support/api-fixture';

const DAY = 86_400_000;
/** A Sunday in Shanghai: the ISO week after it begins with day 1. */
const JUNE_2 = Date.parse('2013-06-02T00:00:00+08:00');
const RANGE = 'from=2013-06-01T00:00:00%2B08:00&to=2013-07-01T00:00:00%2B08:00';

interface Step {
  readonly key: Record<string, string>;
  readonly window: { readonly start: string; readonly end: string };
  readonly values: Record<string, number>;
  readonly windows: number;
  readonly final: boolean;
}

describe('GET /v1/pipelines/:name/aggregate', () => {
  let world: ApiFixture;
  let app: INestApplication;
  let url: string;

  beforeEach(async () => {
    world = new ApiFixture();
    await world.claimAll();
    ({ app, url } = await world.start([ApiModule]));
  });
  afterEach(() => app.close());

  const ask = (query: string): Promise<Response> => fetch(`${url}/v1/pipelines/air-quality-daily/aggregate?${query}`);
  const steps = async (query: string): Promise<Step[]> => {
    const response = await ask(query);
    const body = (await response.json()) as { rows: Step[] };
    expect([response.status, body]).toEqual([200, expect.anything()]);
    return body.rows;
  };

  /** Day 0 has one reading of 10, day 1 two of 40 and 60, day 2 three of 30. */
  async function threeDays(): Promise<void> {
    const task = world.task(0);
    for (const [day, values] of [[10], [40, 60], [30, 30, 30]].entries()) {
      for (const value of values) task.add('Beijing', JUNE_2 + day * DAY, value);
    }
    await task.commit();
    await task.commit(JUNE_2 + 2 * DAY);
  }

  it('merges open and closed windows of a key over the steps of a calendar', async () => {
    await threeDays();
    const found = await steps(`key.location=Beijing&${RANGE}&step=week&tz=Asia/Shanghai`);
    expect(found).toEqual([
      {
        key: { location: 'Beijing' },
        window: { start: '2013-05-26T16:00:00.000Z', end: '2013-06-02T16:00:00.000Z' },
        values: { avg_pm25: 10, max_pm25: 10, min_pm25: 10, readings: 1 },
        ...{ windows: 1, final: true },
      },
      {
        key: { location: 'Beijing' },
        window: { start: '2013-06-02T16:00:00.000Z', end: '2013-06-09T16:00:00.000Z' },
        values: { avg_pm25: 38, max_pm25: 60, min_pm25: 30, readings: 5 },
        ...{ windows: 2, final: false },
      },
    ]);
  });

  it('gives the whole range as one step, and each key its own', async () => {
    await threeDays();
    world.task(1).add('Chengdu', JUNE_2, 7);
    await world.task(1).commit();
    const found = await steps(`${RANGE}&step=month&tz=Asia/Shanghai`);
    expect(found.map(({ key, values }) => [key['location'], values['readings'], values['avg_pm25']])).toEqual([
      ['Beijing', 6, expect.closeTo(200 / 6, 12)],
      ['Chengdu', 1, 7],
    ]);
  });

  it.each([
    ['step=day', 'from', 'It is needed'],
    [`from=2013-06-01&step=day`, 'to', 'It is needed'],
    [`${RANGE}`, 'step', 'Give hour, day, week'],
    [`${RANGE}&step=day&tz=Asia/Shanghia`, 'tz', 'did you mean "Asia/Shanghai"'],
    [`${RANGE}&step=6h&tz=Asia/Shanghai`, 'tz', 'on the clock of UTC'],
    [`${RANGE}&step=day`, 'step', 'lies in two steps'],
    ['from=2003-06-01&to=2013-06-01&step=day&tz=Asia/Shanghai', 'step', 'more than 1000 of these steps'],
    [`${RANGE}&step=day&tz=Asia/Shanghai&limit=3`, 'limit', 'There are no pages here'],
    [`${RANGE}&step=day&tz=Asia/Shanghai&key.town=x`, 'key.town', 'Known ones: key.location'],
  ])('refuses %s and says what would be right', async (query, parameter, detail) => {
    await threeDays();
    const response = await ask(query);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ parameter, detail: expect.stringContaining(detail) as string });
  });
});
