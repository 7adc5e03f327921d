import type { INestApplication } from '@nestjs/common';
import { ApiModule } from '../../../src/api/api.module';
import type { Ports } from '../../../src/runtime/ports';
import { airQuality, ApiFixture } from '../../support/api-fixture';
import { DeadLetterWorld } from '../../support/dead-letter-world';

class Fixture extends ApiFixture {
  constructor(private readonly letters: DeadLetterWorld) {
    super(letters.pipeline, 1);
  }

  override ports(): Ports {
    return { ...super.ports(), ...this.letters.ports, stateStore: this.letters.store };
  }
}

describe('/v1/dead-letters', () => {
  let letters: DeadLetterWorld;
  let app: INestApplication;
  let url: string;

  beforeEach(async () => {
    letters = await DeadLetterWorld.open(airQuality());
    ({ app, url } = await new Fixture(letters).start([ApiModule]));
  });
  afterEach(() => app.close());

  const list = (query: string): Promise<Response> => fetch(`${url}/v1/dead-letters?${query}`);
  const replay = (body: string): Promise<Response> =>
    fetch(`${url}/v1/dead-letters:replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });

  it('lists dead letters page by page', async () => {
    await letters.bury({ offset: 1 }, { offset: 2 }, { offset: 3 });
    const first = await (await list('pipeline=air-quality-daily&limit=2')).json();
    expect(first).toMatchObject({ letters: [{ letter: '0:3' }, { letter: '0:2', value: 'no JSON' }], cursor: '0:1' });
    const second = await (await list('pipeline=air-quality-daily&limit=2&cursor=0:1')).json();
    expect(second).toMatchObject({ letters: [{ letter: '0:1' }] });
    expect(second).not.toHaveProperty('cursor');
  });

  it('replays those that are asked for, once', async () => {
    await letters.bury({ offset: 1 }, { offset: 2, key: 'b' });
    const body = JSON.stringify({ pipeline: 'air-quality-daily', key: 'b', from: '2020-01-01' });
    const answer = await replay(body);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ replayed: 1, before: 0, more: false });
    expect(await (await replay(body)).json()).toMatchObject({ replayed: 0, before: 1 });
    expect(letters.source().map(({ headers }) => headers!['millrace-replay-of'])).toEqual(['0:2']);
  });

  it.each([
    ['', 400, 'pipeline'],
    ['pipeline=air-quality-daily&offset=3', 400, 'offset'],
    ['pipeline=air-quality-daily&limit=0', 400, 'limit'],
    ['pipeline=air-quality-daily&cursor=x', 400, 'cursor'],
    ['pipeline=none', 404, undefined],
  ])('refuses to list %j with %d', async (query, status, parameter) => {
    const answer = await list(query);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(((await answer.json()) as { parameter?: string }).parameter).toBe(parameter);
  });

  it.each([
    ['no JSON', 400, 'body'],
    ['[]', 400, 'body'],
    ['{}', 400, 'pipeline'],
    ['{"pipeline":"air-quality-daily","limit":0}', 400, 'limit'],
    ['{"pipeline":"air-quality-daily","from":"yesterday"}', 400, 'from'],
    ['{"pipeline":"air-quality-daily","patch":[]}', 400, 'patch'],
    ['{"pipeline":"none"}', 404, undefined],
  ])('refuses to replay %s with %d', async (body, status, parameter) => {
    await letters.bury({ offset: 1 });
    const answer = await replay(body);
    expect([answer.status, letters.source()]).toEqual([status, []]);
    if (parameter !== undefined && body !== 'no JSON') {
      expect(((await answer.json()) as { parameter?: string }).parameter).toBe(parameter);
    }
  });
});
