import type { INestApplication } from '@nestjs/common';
import { ApiModule } from '../../../src/api/api.module';
import { Forecaster } from '../../../src/core/models/forecaster';
import { compiledWith } from '../../support/pipelines';
import { ApiFixture } from '../../support/api-fixture';

const HOUR_MS = 3_600_000;
const START_MS = Date.parse('2026-01-01T00:00:00Z');
const READINGS = 30;
const NEWEST = new Date(START_MS + (READINGS - 1) * HOUR_MS).toISOString();
const NEXT = new Date(START_MS + READINGS * HOUR_MS).toISOString();
const CALL = "online_regression(x, {'warmth': t, 'wind': w}, '1h', 2, 10)";

/** Swings around 50 and rises with the warmth of the hour before; `offset` tells two keys apart. */
const valueAt = (i: number, offset: number): number => 50 + offset + 5 * ((i - 1) % 3) + (i % 7);
const inputsAt = (i: number): Record<string, number | null> => ({ warmth: i % 3, wind: i % 5 === 0 ? null : 2 });

/** The same model, fed by hand. */
function expected(offset: number): Forecaster {
  const model = Forecaster.fresh({ stepMs: HOUR_MS, lags: 2, inputNames: ['warmth', 'wind'] });
  for (let i = 0; i < READINGS; i++) {
    const { warmth, wind } = inputsAt(i);
    model.observe(START_MS + i * HOUR_MS, valueAt(i, offset), Float64Array.of(warmth!, wind ?? NaN));
  }
  return model;
}

describe('models over HTTP', () => {
  let world: ApiFixture;
  let app: INestApplication;
  let url: string;

  beforeEach(async () => {
    const pipeline = compiledWith(
      { key: ['post'], window: { kind: 'global' }, aggregate: { forecast: CALL }, emit: { on: 'record' } },
      'forecast',
    );
    world = new ApiFixture(pipeline, 2);
    await world.claimAll();
    for (let i = 0; i < READINGS; i++) {
      world.task(0).add('A', START_MS + i * HOUR_MS, [valueAt(i, 0), inputsAt(i)]);
      world.task(1).add('B', START_MS + i * HOUR_MS, [valueAt(i, 100), inputsAt(i)]);
    }
    for (const task of world.tasks) await task.commit();
    ({ app, url } = await world.start([ApiModule]));
  });

  afterEach(() => app.close());

  async function get(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${url}/v1/models${path}`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  async function predict(body: unknown, name = 'forecast'): Promise<{ status: number; body: Record<string, unknown> }> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${url}/v1/models/${name}:predict`, { method: 'POST', headers, body: text });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  it('lists what learns', async () => {
    const { body } = await get('');
    expect(body).toEqual({
      models: [
        { name: 'forecast', pipeline: 'forecast', aggregate: 'forecast', key: ['post'], call: CALL, publishEvery: 10 },
      ],
    });
  });

  it('shows what every key has learned, whichever task has it', async () => {
    const { body } = await get('/forecast');
    const instances = body['instances'] as Record<string, unknown>[];
    expect(instances.map(({ key }) => key)).toEqual([{ post: 'A' }, { post: 'B' }]);
    expect(instances[1]).toMatchObject({
      ...{ at: NEWEST, learned: READINGS - 1, version: 2, mae: { ...expected(100).parts.errors.overall } },
      next: { at: NEXT, predicted: expected(100).parts.pending!.predicted },
      parameters: null,
    });
  });

  it('gives the parameters of one key, by name', async () => {
    const { body } = await get('/forecast?key.post=A');
    const [instance] = body['instances'] as { parameters: { features: { name: string; weight: number }[] } }[];
    const model = expected(0);
    expect(instance!.parameters.features.map(({ name }) => name)).toEqual(model.layout.names);
    expect(instance!.parameters.features.map(({ weight }) => weight)).toEqual(
      model.layout.names.map((_, i) => model.parts.regression.weight(i)),
    );
    expect(body['versions']).toEqual([]);
  });

  it('predicts what follows the newest reading', async () => {
    const { status, body } = await predict({ key: { post: 'A' } });
    expect(status).toBe(200);
    expect(body).toEqual({
      ...{ model: 'forecast', key: { post: 'A' }, version: 2, learned: READINGS - 1 },
      ...{ at: NEWEST, value: valueAt(READINGS - 1, 0), inputs: inputsAt(READINGS - 1) },
      predicted: { at: NEXT, value: expected(0).parts.pending!.predicted },
    });
  });

  it('predicts from what it is given, and learns nothing from that', async () => {
    const given = { key: { post: 'A' }, at: NEXT, value: 60, inputs: { warmth: 2, wind: null } };
    const first = await predict(given);
    const timeMs = START_MS + READINGS * HOUR_MS;
    const wanted = expected(0).predict(timeMs, 60, Float64Array.of(2, NaN));
    expect(first.body['predicted']).toEqual({ at: new Date(timeMs + HOUR_MS).toISOString(), value: wanted });
    expect(await predict(given)).toEqual(first);
    expect((await predict({ key: { post: 'A' } })).body['learned']).toBe(READINGS - 1);
  });

  it.each([
    ['no JSON', 'post=A', 400, 'is not valid JSON'],
    ['a key that is not whole', { key: {} }, 400, 'key.post is missing'],
    ['a field that the key does not have', { key: { post: 'A', town: 'B' } }, 400, '"town" is no field of it; post'],
    ['an unknown input', { key: { post: 'A' }, inputs: { wamth: 1 } }, 400, 'warmth, wind'],
    ['a value that is no number', { key: { post: 'A' }, value: 'much' }, 400, 'number'],
    ['an unknown property', { key: { post: 'A' }, features: {} }, 400, 'features'],
    ['a time that is none', { key: { post: 'A' }, at: 'tomorrow' }, 400, '"tomorrow" is no time'],
    ['a time that is past', { key: { post: 'A' }, at: '2025-12-31T00:00:00Z' }, 400, NEWEST],
    ['a key that nothing was learned of', { key: { post: 'C' } }, 404, 'post "C"'],
  ])('refuses %s and says what would be right', async (_, body, status, message) => {
    const answer = await predict(body);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toContain(JSON.stringify(message).slice(1, -1));
  });

  it('names the models that there are for one that there is not', async () => {
    expect(await get('/forecasts')).toMatchObject({ status: 404, body: { known: ['forecast'] } });
    expect((await predict({ key: { post: 'A' } }, 'forecasts')).status).toBe(404);
  });
});
