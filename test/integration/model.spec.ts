import type { RowJson } from '../../src/core/row/row-json';
import { Forecaster } from '../../src/core/models/forecaster';
import { forecastView, parametersView } from '../../src/core/models/forecast-view';
import { INPUT_NAMES, type PostReading, readingsByPost } from '../support/posts';
import { ServiceProcess } from '../support/service';
import { SystemCopy } from '../support/system-copy';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(300_000);

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Two months. */
const HOURS = 1500;
const START_MS = Date.parse('2013-01-01T00:00:00+08:00');
const after = (hours: number): number => START_MS + hours * HOUR_MS;
const PUBLISH_EVERY = 24;
const FIELDS = ['temperature_c', 'humidity_pct', 'pressure_hpa', 'dew_point_c', 'wind_cumulated_mps'];
const PIPELINES = ['pm25-forecast', 'pm25-predictions', 'pm25-anomalies', 'pm25-forecast-versions'];

type Table = Map<string, Record<string, unknown>>;

/** What every table has to hold, from the same readings and one forecaster for each post. */
class Expected {
  readonly predictions: Table = new Map();
  readonly anomalies: Table = new Map();
  readonly versions: Table = new Map();
  readonly models = new Map<string, Forecaster>();

  constructor(posts: ReadonlyMap<string, readonly PostReading[]>) {
    for (const [location, readings] of posts) {
      const model = Forecaster.fresh({ stepMs: HOUR_MS, lags: 12, inputNames: INPUT_NAMES });
      this.models.set(location, model);
      for (const reading of readings) this.observe(location, model, reading);
    }
  }

  private observe(location: string, model: Forecaster, { timeMs, pm25, inputs }: PostReading): void {
    model.observe(timeMs, pm25, inputs);
    const { outcome, figures, errors } = model.parts;
    const { predicted, isAnomaly: anomaly, isDrift } = outcome;
    if (Number.isNaN(predicted)) return;
    const score = Number.isNaN(outcome.score) ? null : outcome.score;
    const at = `${location} ${new Date(timeMs).toISOString()}`;
    const version = Math.floor(figures.learned / PUBLISH_EVERY);
    this.predictions.set(at, { predicted, pm25, score, anomaly, version });
    const reason = [...(anomaly ? ['anomaly'] : []), ...(isDrift ? ['drift'] : [])].join(', ');
    if (reason !== '') this.anomalies.set(at, { predicted, pm25, score, reason });
    if (figures.learned % PUBLISH_EVERY > 0) return;
    const day = new Date(Math.floor(timeMs / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
    const { model: mae, last, mean } = errors.overall!;
    const learned = figures.learned;
    const parameters = JSON.stringify(parametersView(model));
    this.versions.set(`${location} ${day}`, { version, learned, mae, mae_last: last, mae_mean: mean, parameters });
  }
}

describe('the model of PM2.5 on real servers', () => {
  const copy = new SystemCopy({
    ...{ pipelines: PIPELINES, topics: ['air-quality.readings', 'models.pm25-forecast'], keyspace: 'models' },
  });
  /** Those that read anything in that time; Shenyang began later. */
  const posts = new Map(
    [...readingsByPost()]
      .map(([location, readings]) => [location, readings.filter(({ timeMs }) => timeMs < after(HOURS))] as const)
      .filter(([, readings]) => readings.length > 0),
  );
  const expected = new Expected(posts);
  let service: ServiceProcess;

  const start = async (): Promise<ServiceProcess> =>
    (await ServiceProcess.start('model', { MILLRACE_PIPELINES: copy.folder })).ready();

  beforeAll(async () => {
    await copy.createTables();
    service = await start();
  });
  afterAll(async () => {
    await service?.stop();
    await copy.close();
  });

  /** Those of some hours, in the order of time over all posts, as the feed has them. */
  async function produce(from: number, to: number): Promise<void> {
    const records = [...posts].flatMap(([location, readings]) =>
      readings
        .filter(({ timeMs }) => timeMs >= after(from) && timeMs < after(to))
        .map(({ timeMs, pm25, inputs }) => ({ location, timeMs, pm25, inputs })),
    );
    records.sort((a, b) => a.timeMs - b.timeMs);
    await copy.produce(
      'air-quality.readings',
      records.map(({ location, timeMs, pm25, inputs }) => {
        const weather = FIELDS.map((name, i) => [name, Number.isNaN(inputs[i]) ? null : inputs[i]] as const);
        const observed_at = new Date(timeMs).toISOString();
        return { key: location, value: { location, observed_at, pm25, ...Object.fromEntries(weather) } };
      }),
    );
  }

  async function table(name: string, time: 'at' | 'day', columns: readonly string[]): Promise<Table> {
    const rows = await copy.rows(['location', time, ...columns], name);
    return new Map(
      rows.map(({ location, [time]: at, ...values }) => [
        `${String(location)} ${String(at)}`,
        'anomaly' in values ? { ...values, anomaly: values['anomaly'] === 'true' } : values,
      ]),
    );
  }

  const predictions = (): Promise<Table> =>
    table('predictions', 'at', ['predicted', 'pm25', 'score', 'anomaly', 'version']);

  it('makes every row of its tables, though the service is killed twice while it learns', async () => {
    for (const [from, to] of [
      [0, 400],
      [400, 800],
    ] as const) {
      const { size } = await predictions();
      await produce(from, to);
      await waitUntil('more predictions are there', async () => (await predictions()).size > size);
      await service.kill();
      service = await start();
    }
    await produce(800, HOURS);
    await waitUntil(
      'all predictions are there',
      async () => (await predictions()).size >= expected.predictions.size,
      90_000,
    );
    await waitUntil(
      'all versions are there',
      async () => (await table('versions', 'day', ['learned'])).size >= expected.versions.size,
      60_000,
    );
    await newest();

    // Equal to the last bit: the parameters were in the checkpoints.
    expect(await predictions()).toEqual(expected.predictions);
    expect(await table('versions', 'day', ['version', 'learned', 'mae', 'mae_last', 'mae_mean', 'parameters'])).toEqual(
      expected.versions,
    );
    expect(expected.anomalies.size).toBeGreaterThan(5);
    expect(await table('anomalies', 'at', ['predicted', 'pm25', 'score', 'reason'])).toEqual(expected.anomalies);
  });

  interface ModelBody {
    readonly instances: readonly Record<string, unknown>[];
    readonly versions: readonly RowJson[];
  }

  const pathOf = (location: string): string =>
    `/v1/models/${copy.nameOf('pm25-forecast')}?limit=1000&key.location=${encodeURIComponent(location)}`;

  /** Until the newest version of each post is one that the table has. */
  async function newest(): Promise<void> {
    for (const [location, model] of expected.models) {
      const last = Math.floor(model.parts.figures.learned / PUBLISH_EVERY);
      await waitUntil(`version ${last} of ${location} is there`, async () => {
        const rows = await table('versions', 'day', ['version']);
        return [...rows].some(([name, { version }]) => name.startsWith(location) && version === last);
      });
    }
  }

  it('serves parameters, errors and versions of each post', async () => {
    for (const [location, model] of expected.models) {
      const { instances, versions } = await service.json<ModelBody>(pathOf(location));
      const view = forecastView(model, PUBLISH_EVERY) as Record<string, unknown>;
      expect(instances).toEqual([{ key: { location }, ...view, parameters: parametersView(model) }]);
      const wanted = [...expected.versions].filter(([name]) => name.startsWith(location));
      expect(versions.map(({ values }) => values!['version'])).toEqual(wanted.map(([, { version }]) => version));
    }
  });

  it('predicts over HTTP what the model predicts', async () => {
    for (const [location, model] of expected.models) {
      const { timeMs, value } = model.parts.history.newest!;
      const body = JSON.stringify({ key: { location }, value: value + 30, inputs: { temperature: null, wind: 3 } });
      const response = await fetch(`${service.url}/v1/models/${copy.nameOf('pm25-forecast')}:predict`, {
        ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body },
      });
      const inputs = Float64Array.from(model.parts.inputs);
      inputs[INPUT_NAMES.indexOf('temperature')] = NaN;
      inputs[INPUT_NAMES.indexOf('wind')] = 3;
      expect(JSON.parse(await response.text())).toMatchObject({
        version: Math.floor(model.parts.figures.learned / PUBLISH_EVERY),
        predicted: {
          at: new Date(timeMs + HOUR_MS).toISOString(),
          value: model.predict(timeMs, value + 30, inputs),
        },
      });
    }
  });
});
