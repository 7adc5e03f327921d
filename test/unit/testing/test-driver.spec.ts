import { z } from 'zod';
import {
  avg,
  count,
  csv,
  fromYaml,
  json,
  live,
  max,
  pipeline,
  session,
  sum,
  TestDriver,
  topic,
  tumbling,
} from '../../../src';
import { pipelineText } from '../core/pipeline/pipeline-text';

const Reading = z.object({ post: z.string(), at: z.number(), pm25: z.number().nullable() });

const T = 1_600_000_000_000;
const at = (seconds: number, pm25: number | null = 1, post = 'A') => ({ post, at: T + seconds * 1000, pm25 });

const sourced = pipeline('p').from(
  topic('in', json(Reading), { time: { field: 'at', outOfOrderness: '2s', idleAfter: '30s' } }),
);
const summed = sourced
  .by('post')
  .window(tumbling('10s', { grace: '1s' }))
  .aggregate({ n: count(), total: sum('pm25') });

describe('the test driver', () => {
  it('gives the rows since the last call, typed', () => {
    const driver = new TestDriver(summed.emit({ on: 'both' }).to(live()));
    driver.pipe(at(1, 5)).pipe(at(2, 6));
    expect(driver.rows().map(({ key, values, final }) => [key.post, values.n, values.total, final])).toEqual([
      ['A', 1, 5, false],
      ['A', 2, 11, false],
    ]);
    expect(driver.rows()).toEqual([]);
    driver.pipe(at(13));
    const [closed] = driver.rows();
    expect(closed).toEqual({
      pipeline: 'p',
      key: { post: 'A' },
      window: { start: new Date(T).toISOString(), end: new Date(T + 10_000).toISOString() },
      values: { n: 2, total: 11 },
      revision: expect.any(String),
      final: true,
    });
  });

  it('holds updates back for emit.every, until the clock is advanced', () => {
    const driver = new TestDriver(summed.emit({ every: '5s' }).to(live()));
    driver.pipe(at(0)).pipe(at(1)).pipe(at(2));
    expect(driver.rows().map(({ values }) => values.n)).toEqual([1]);
    expect(driver.advanceTo(T + 4999).rows()).toEqual([]);
    expect(
      driver
        .advanceTo(new Date(T + 5000))
        .rows()
        .map(({ values }) => values.n),
    ).toEqual([3]);
  });

  it('closes the windows of a partition that has been silent for idleAfter, in event time', () => {
    const driver = new TestDriver(summed.emit({ on: 'close' }).to(live()));
    driver.pipe(at(1));
    // W = now - outOfOrderness - idleAfter must reach the end and the grace: 10 + 1 + 2 + 30 s.
    expect(driver.advanceTo(T + 42_999).rows()).toEqual([]);
    expect(driver.advanceTo(T + 43_000).rows()).toMatchObject([{ values: { n: 1 }, final: true }]);
  });

  it('closes what is open when the input ends, and then takes no more', () => {
    const driver = new TestDriver(summed.emit({ on: 'close', every: '1h' }).to(live()));
    expect(driver.pipe(at(1)).pipe(at(2)).rows()).toEqual([]);
    expect(driver.close().rows()).toMatchObject([{ values: { n: 2 }, final: true }]);
    expect(() => driver.pipe(at(3))).toThrow('pipe: the test driver is closed; make another one');
  });

  it('gives late records and how late they are', () => {
    const driver = new TestDriver(summed.to(live()));
    driver.pipe(at(1)).pipe(at(20)).pipe(at(2, 7));
    expect(driver.late()).toEqual([{ record: at(2, 7), latenessMs: 8000 }]);
    expect(driver.late()).toEqual([]);
  });

  it('gives dead letters with their reasons', () => {
    const driver = new TestDriver(summed.to(live()));
    driver.pipe('no json').pipe({ ...at(1), post: '' });
    expect(driver.deadLetters()).toMatchObject([
      { value: 'no json', reason: 'not-decodable' },
      { reason: 'bad-key', message: 'key field "post" is empty' },
    ]);
    expect(driver.rows()).toEqual([]);
  });

  it('gives the table: the newest of each row, without those that a merged session deleted', () => {
    const sessions = sourced.by('post').window(session('5s')).aggregate({ n: count() }).to(live());
    const driver = new TestDriver(sessions);
    driver
      .pipe(at(0, 1, 'B'))
      .pipe(at(0))
      .pipe(at(6))
      .pipe(at(3));
    expect(driver.rows().filter(({ deleted }) => deleted)).not.toEqual([]);
    expect(driver.table().map(({ key, window, values }) => [key.post, window.end, values?.n])).toEqual([
      ['A', new Date(T + 6000).toISOString(), 3],
      ['B', new Date(T).toISOString(), 1],
    ]);
  });

  it('runs functions of where and derive', () => {
    const driver = new TestDriver(
      sourced
        .where((r) => r.pm25 !== null)
        .derive({ level: (r) => ((r.pm25 ?? 0) > 100 ? 'high' : 'low') })
        .by('post', 'level')
        .window(tumbling('1h'))
        .aggregate({ mean: avg('pm25') })
        .to(live()),
    );
    driver.pipe(at(0, 200)).pipe(at(1, null)).pipe(at(2, 10)).pipe(at(3, 20));
    expect(driver.table().map(({ key, values }) => [key.level, values.mean])).toEqual([
      ['high', 200],
      ['low', 15],
    ]);
  });

  it('takes the time of records without a time field from their timestamp, or else from the clock', () => {
    const untimed = pipeline('p')
      .from(topic('in', json(Reading)))
      .by('post')
      .window(tumbling('10s'))
      .aggregate({ most: max('pm25') })
      .to(live());
    const driver = new TestDriver(untimed);
    driver
      .pipe(at(0, 1), { timestamp: '2026-01-01T00:00:03Z' })
      .pipe(at(0, 5))
      .pipe(at(0, 2), { timestamp: T * 1.2 });
    expect(driver.table().map(({ window, values }) => [window.start, values.most])).toEqual([
      ['2026-01-01T00:00:00.000Z', 5],
      [expect.stringMatching(/^2030/), 2],
    ]);
  });

  it('puts equal keys into one partition, and a record where it is told to', () => {
    const driver = new TestDriver(summed.emit({ on: 'close' }).to(live()), { partitions: 8 });
    for (const post of ['A', 'B', 'C', 'A', 'B', 'A']) driver.pipe(at(1, 1, post));
    driver.pipe(at(1, 1, 'D'), { key: 'A' }).pipe(at(30), { key: 'A' });
    expect(driver.rows().map(({ key, values }) => [key.post, values.n])).toEqual([
      ['A', 3],
      ['D', 1],
    ]);
    expect(() => driver.pipe(at(1), { partition: 8 })).toThrow('partition 8: there are 8, numbered from 0');
  });

  it('writes CSV for a topic of CSV', () => {
    const driver = new TestDriver(
      pipeline('p')
        .from(topic('in', csv(Reading, ['post', 'at', 'pm25']), { time: { field: 'at' } }))
        .to(live()),
    );
    driver.pipe(at(0, null, 'a "b", c')).pipe(at(1, 2));
    expect(driver.rows().map(({ values }) => values)).toEqual([at(0, null, 'a "b", c'), at(1, 2)]);
  });

  it('runs a pipeline from YAML', () => {
    const driver = new TestDriver(fromYaml(pipelineText()));
    driver.pipe({ k: 'a', x: 2, at: T }).close();
    expect(driver.table()).toMatchObject([{ key: { k: 'a' }, values: { total: 2, n: 1 } }]);
  });

  it('looks records up in the tables that it is given', () => {
    const yaml = pipelineText({
      where: '  lookup: { table: topic, name: posts, on: k, as: post }',
      derive: '  derive: { x: x * post.factor }',
    });
    const tables = { posts: [{ key: 'a', value: { factor: 10 } }] };
    const driver = new TestDriver(fromYaml(yaml), { tables }).pipe({ k: 'a', x: 2, at: T });
    expect(driver.table()).toMatchObject([{ values: { total: 20 } }]);
    expect(() => new TestDriver(fromYaml(yaml))).toThrow('give the entries of that table');
  });

  it('refuses a clock that goes back, and what is no time', () => {
    const driver = new TestDriver(summed.to(live())).pipe(at(10));
    expect(() => driver.advanceTo(T)).toThrow(
      `advanceTo: the clock is at ${new Date(T + 10_000).toISOString()}, after ${new Date(T).toISOString()}`,
    );
    expect(() => driver.advanceTo('soon')).toThrow('"soon" is no time; ISO 8601 text');
  });
});
