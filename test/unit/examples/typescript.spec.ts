import { join } from 'node:path';
import { TestDriver } from '../../../src';
import { hourly, muggiest } from '../../../examples/typescript/pipelines';
import { compilePipeline } from '../../../src/core/pipeline/compile';
import { parsePipelines } from '../../../src/core/pipeline/parse';
import { loadExtensions } from '../../../src/processing/extension-modules';
import { pipelineText } from '../core/pipeline/pipeline-text';

const EXAMPLE = join(__dirname, '..', '..', '..', 'examples', 'typescript', 'pipelines.ts');

const reading = (time: string, pm25: number | null, weather: { temperature?: number; humidity?: number } = {}) => ({
  ...{ location: 'Beijing US Post', observed_at: `2013-01-01T${time}:00+08:00`, pm25 },
  ...weather,
});

describe('the example in TypeScript', () => {
  it('gives hourly means, and the geometric mean by an aggregate of its own', () => {
    const driver = new TestDriver(hourly);
    driver.pipe(reading('00:10', 10)).pipe(reading('00:20', 1000)).pipe(reading('00:30', null)).close();
    const [row] = driver.rows();
    expect(row?.values).toEqual({ mean: 505, typical: expect.closeTo(100, 9), readings: 2 });
    expect(row?.window.start).toBe('2012-12-31T16:00:00.000Z');
  });

  it('makes dead letters of records that are not what the schema says', () => {
    const driver = new TestDriver(hourly).pipe(reading('00:10', -1));
    expect(driver.deadLetters()).toMatchObject([{ reason: 'not-decodable' }]);
  });

  it('finds the muggiest reading by a function of its own', () => {
    const driver = new TestDriver(muggiest);
    driver.pipe(reading('08:00', 1, { temperature: 30, humidity: 40 }));
    driver.pipe(reading('09:00', 1, { temperature: 20, humidity: 90 }));
    driver.pipe(reading('10:00', 1, { humidity: 99 }));
    expect(driver.table().map(({ values }) => values)).toEqual([{ when: '2013-01-01T09:00:00+08:00', readings: 2 }]);
  });

  it('is loaded as extensions, whose aggregates and functions pipelines in YAML can call', async () => {
    const { language, pipelines, refused } = await loadExtensions([EXAMPLE], () => import(EXAMPLE));
    expect(pipelines.map(({ compiled }) => compiled.name)).toEqual(['air-quality-by-the-hour', 'muggiest-of-the-day']);
    expect(pipelines[0]!.compiled.fingerprint).toBe(hourly.build().compiled.fingerprint);
    expect(refused).toEqual([]);
    const yaml = pipelineText({
      derive: '  derive: { dew: "dew_point(t, h)" }',
      aggregate: '  aggregate: { typical: geometric_mean(dew) }',
    });
    const { definitions, problems } = parsePipelines(yaml, 'f', language);
    expect(problems).toEqual([]);
    expect(compilePipeline(definitions[0]!, language).aggregates[0]?.aggregator.name).toBe('geometric_mean');
  });
});
