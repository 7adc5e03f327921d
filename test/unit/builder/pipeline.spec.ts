import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  avg,
  avro,
  calendar,
  cassandra,
  cel,
  collect,
  count,
  csv,
  cumulative,
  custom,
  defineAggregate,
  defineFunction,
  distinct,
  ewma,
  fromYaml,
  global,
  histogram,
  hopping,
  json,
  jsonSchema,
  kafka,
  live,
  max,
  metrics,
  nowcast,
  online_anomaly,
  online_regression,
  numberArgument,
  ohlc,
  pipeline,
  protobuf,
  quantile,
  redisTable,
  session,
  sliding,
  sum,
  TestDriver,
  top_k,
  top_k_each,
  topic,
  topicTable,
  trend,
  tumbling,
  versioned,
  vwap,
  wholeNumber,
} from '../../../src';
import type { Aggregator, Format, Pipeline } from '../../../src';
import type { WindowSpec } from '../../../src/builder/windows';
import { ConfigError } from '../../../src/core/errors';
import { airQuality, Reading } from './air-quality';

interface User {
  readonly id: string;
  readonly country: string;
}

const SHIPPED = join(__dirname, '..', '..', '..', 'pipelines', 'air-quality-daily.yaml');

const sourced = pipeline('p').from(topic('in', json(Reading), { time: { field: 'observed_at' } }));
const keyed = sourced.by('location');
const windowed = keyed.window(tumbling('1h'));

const fingerprintOf = (stage: Pick<Pipeline, 'build'>): string => stage.build().compiled.fingerprint;

function refusal(build: () => unknown): string {
  try {
    build();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(ConfigError);
    return (thrown as ConfigError).message;
  }
  throw new Error('nothing was refused');
}

describe('a pipeline written in TypeScript', () => {
  it('is the same as in YAML, to the fingerprint, when it is CEL that it is made of', () => {
    const yaml = fromYaml(readFileSync(SHIPPED, 'utf8'));
    const built = airQuality.build();
    expect(built.definition).toEqual(yaml.definition);
    expect(built.compiled.fingerprint).toBe(yaml.compiled.fingerprint);
  });

  it('leaves each stage as it is, so that two pipelines can go on from one', () => {
    const [hourly, all] = [
      windowed.aggregate({ n: count() }),
      keyed.window(global()).aggregate({ total: sum('pm25') }),
    ];
    expect(hourly.to(live()).build().definition.spec.aggregate).toEqual({ n: 'count()' });
    expect(all.to(live()).build().definition.spec).toMatchObject({
      window: { kind: 'global' },
      aggregate: { total: 'sum(pm25)' },
    });
  });

  it.each<[WindowSpec<never, never> | WindowSpec, object]>([
    [tumbling('10s', { grace: '1s', offset: '2s' }), { kind: 'tumbling', size: 10_000, grace: 1000, offset: 2000 }],
    [hopping('1m', { advance: '10s' }), { kind: 'hopping', size: 60_000, advance: 10_000, grace: 0, offset: 0 }],
    [sliding('1m', { grace: '1s' }), { kind: 'sliding', size: 60_000, grace: 1000 }],
    [session('5m'), { kind: 'session', gap: 300_000, grace: 0 }],
    [cumulative('1d', { step: '1h' }), { kind: 'cumulative', size: 86_400_000, step: 3_600_000, grace: 0 }],
    [calendar('week', { zone: 'UTC' }), { kind: 'calendar', unit: 'week', zone: 'UTC', grace: 0 }],
    [calendar('day', { zoneField: 'location' }), { kind: 'calendar', unit: 'day', zoneField: 'location', grace: 0 }],
    [count(5), { kind: 'count', size: 5 }],
    [global(), { kind: 'global' }],
  ])('takes the window %j', (window, expected) => {
    const built = keyed
      .window(window as WindowSpec<'tumbling', never>)
      .aggregate({ n: count() })
      .to(live())
      .build();
    expect(built.definition.spec.window).toEqual(expected);
  });

  it('writes calls of aggregates as a definition has them', () => {
    const built = windowed
      .aggregate({
        n: count('pm25'),
        q: quantile('pm25', 0.99),
        top: top_k('location', 5),
        most: top_k('location', 5, 'pm25'),
        tags: top_k_each(cel('[location, zone]'), 2),
        recent: ewma('pm25', '10m'),
        values: collect('pm25', 3),
        bands: histogram('pm25', [0, 12, 35.5]),
        price: vwap('pm25', cel('pm25 * 2.0')),
        range: ohlc('pm25'),
        moved: trend('pm25', '1d', '5m'),
        air: nowcast('pm25'),
      })
      .to(live())
      .build();
    expect(built.definition.spec.aggregate).toEqual({
      n: 'count(pm25)',
      q: 'quantile(pm25, 0.99)',
      top: 'top_k(location, 5)',
      most: 'top_k(location, 5, pm25)',
      tags: 'top_k_each([location, zone], 2)',
      recent: 'ewma(pm25, "10m")',
      values: 'collect(pm25, 3)',
      bands: 'histogram(pm25, [0,12,35.5])',
      price: 'vwap(pm25, pm25 * 2.0)',
      range: 'ohlc(pm25)',
      moved: 'trend(pm25, "1d", "5m")',
      air: 'nowcast(pm25)',
    });
  });

  it('writes calls of aggregates that learn, and asks for a row for each record', () => {
    const built = keyed
      .window(global())
      .aggregate({
        forecast: online_regression('pm25', { level: 'pm25' }, { step: '1h', lags: 12, publishEvery: 24 }),
        unusual: online_anomaly('pm25', 100, 8),
      })
      .emit({ on: 'record' })
      .to(live())
      .build();
    expect(built.definition.spec.aggregate).toEqual({
      forecast: 'online_regression(pm25, {"level": pm25}, "1h", 12, 24)',
      unusual: 'online_anomaly(pm25, 100, 8)',
    });
    expect(built.definition.spec.emit.on).toBe('record');
  });

  it('takes policies, bounds and sinks', () => {
    const { spec } = windowed
      .aggregate({ n: count() })
      .emit({ on: 'close' })
      .late({ amend: '7d' })
      .checkpoint({ interval: '1s', maxRows: 10 })
      .onStateLoss('fail')
      .to(cassandra('a.b', { p: 'key.location', s: 'window.start', n: cel('n * 2') }, { cached: true }), kafka('out'))
      .build().definition;
    expect(spec).toMatchObject({ emit: { on: 'close', every: 0 }, late: { amend: 604_800_000 }, onStateLoss: 'fail' });
    expect(spec.checkpoint).toMatchObject({ interval: 1000, maxRows: 10 });
    expect(spec.sinks).toEqual([
      { cassandra: { table: 'a.b', columns: { p: 'key.location', s: 'window.start', n: 'n * 2' }, cached: true } },
      { kafka: { topic: 'out', delivery: 'at-least-once' } },
    ]);
  });

  it('looks records up in the order of the calls', () => {
    const { definition } = sourced
      .lookup('post', redisTable<{ city: string }>('posts', { maxAge: '5s' }), { on: 'location', missing: 'drop' })
      .lookup('city', topicTable('cities', { pointInTime: true }), { on: cel('post.city') })
      .to(live())
      .build();
    expect(definition.spec.lookup).toEqual([
      { table: 'redis', name: 'posts', as: 'post', on: 'location', missing: 'drop', maxAge: 5000 },
      expect.objectContaining({ table: 'topic', name: 'cities', as: 'city', on: 'post.city', pointInTime: true }),
    ]);
  });

  it('reads CSV by its columns', () => {
    const source = topic('in', csv(Reading, ['location', 'observed_at', 'pm25']), { maxRecordBytes: '1KiB' });
    const { definition } = pipeline('p').from(source).to(live()).build();
    expect(definition.spec.source).toMatchObject({
      format: 'csv',
      csv: { columns: ['location', 'observed_at', 'pm25'] },
      maxRecordBytes: 1024,
    });
  });

  it('reads through a schema registry, by a schema or as each record was written', () => {
    const sourceOf = (format: Format<User>): unknown =>
      pipeline('p').from(topic('users', format)).to(live()).build().definition.spec.source;
    const text = JSON.stringify({ type: 'record', name: 'User', fields: [{ name: 'id', type: 'string' }] });
    expect(sourceOf(avro({ text }))).toMatchObject({ format: 'avro', schema: { text } });
    expect(sourceOf(jsonSchema({ subject: 'people', version: 3 }))).toMatchObject({
      format: 'json-schema',
      schema: { subject: 'people', version: 3 },
    });
    const written = sourceOf(protobuf());
    expect(written).toMatchObject({ format: 'protobuf' });
    expect(written).not.toHaveProperty('schema');
  });

  it('shows numbers to Prometheus, and no type lets it name what rows do not have', () => {
    const counted = windowed.aggregate({ n: count(), most: max('pm25') });
    // @ts-expect-error there is no such aggregate
    const unknown = counted.to(metrics('x', 'least'));
    expect(refusal(() => unknown.build())).toContain('to[0].metrics.value: unknown aggregate "least"');
    const { definition } = counted
      .to(metrics('n', 'n'), metrics('half', cel('most / 2.0'), { title: 'key.location', maxSeries: 5, ttl: '1h' }))
      .build();
    expect(definition.spec.sinks).toEqual([
      { metrics: { name: 'n', value: 'n', maxSeries: 100, ttl: 86_400_000 } },
      { metrics: { name: 'half', value: 'most / 2.0', title: 'key.location', maxSeries: 5, ttl: 3_600_000 } },
    ]);
  });

  it('is tested with JSON where its records come through a schema registry', () => {
    const users = pipeline('p')
      .from(topic('users', avro<User>(), { personal: ['name'] }))
      .by('country')
      .window(global())
      .aggregate({ users: distinct('id') })
      .to(live());
    const driver = new TestDriver(users);
    for (const id of ['a', 'b', 'a']) driver.pipe({ id, country: 'India' });
    expect(driver.table().map(({ values }) => values)).toEqual([{ users: 2 }]);
    expect(users.build().definition.spec.source.personal).toEqual(['name']);
  });
});

describe('what types do not see', () => {
  it('is refused when the pipeline is built, all of it at once, in the words of the builder', () => {
    const wrong = pipeline('a b')
      .from(topic('in', json(Reading)))
      .where('pm25 >')
      .by('location', 'location')
      .window(calendar('day', { zone: 'Asia/Shanghi' }))
      .aggregate({ n: count(), all: avg(cel('"a"')) })
      .to(cassandra('a.b', { n: 'n' }), kafka('in'));
    expect(refusal(() => wrong.build()).split('\n  ')).toEqual([
      'The pipeline "a b" is wrong:',
      expect.stringMatching(/^pipeline\.name: a name is made of letters/),
      'by[1]: "location" is named twice',
      expect.stringMatching(/^window\.zone: .*Asia\/Shangh/),
      expect.stringMatching(/^where: /),
      'aggregate.all: avg(x): x must be a number; this is string',
      expect.stringMatching(/^to\[0\]\.cassandra\.columns: no column holds key\.location/),
      'to[1].kafka.topic: is the source topic: the pipeline would read its own output',
    ]);
  });

  it('is a field whose name CEL cannot say', () => {
    const Odd = z.object({ k: z.string(), 'pm2.5': z.number(), in: z.number() });
    const odd = pipeline('p')
      .from(topic('t', json(Odd)))
      .by('k')
      .window(global())
      .aggregate({ a: avg('pm2.5'), b: avg('in') })
      .to(live());
    const message = refusal(() => odd.build());
    expect(message).toContain('aggregate.a: an aggregate cannot name the field "pm2.5"; derive one with a plain name');
    expect(message).toContain('aggregate.b: an aggregate cannot name the field "in"');
  });
});

describe('functions', () => {
  const where = (condition: Parameters<typeof sourced.where>[0]) => sourced.where(condition).to(live());

  it('stand in the definition as calls under names of their places', () => {
    const { definition } = sourced
      .where((r) => r.pm25 !== null)
      .derive({ band: () => 'low', twice: 'pm25 * 2' })
      .derive({ both: (r) => `${r.band}/${r.location}` })
      .to(live())
      .build();
    expect(definition.spec.where).toBe('typescript_where()');
    expect(definition.spec.derive).toEqual({
      band: 'typescript_derive_band()',
      twice: 'pm25 * 2',
      both: 'typescript_derive_both()',
    });
  });

  it('change the fingerprint with their text', () => {
    const [above, again, other] = [
      where((r) => (r.pm25 ?? 0) > 1),
      where((r) => (r.pm25 ?? 0) > 1),
      where((r) => (r.pm25 ?? 0) > 2),
    ].map(fingerprintOf);
    expect(again).toBe(above);
    expect(other).not.toBe(above);
  });

  it('change the fingerprint with their version alone, if they have one', () => {
    const [one, reworded, two] = [
      where(versioned(1, (r) => r.pm25 === 0)),
      where(versioned(1, (record) => record.pm25 === 0)),
      where(versioned(2, (r) => r.pm25 === 0)),
    ].map(fingerprintOf);
    expect(reworded).toBe(one);
    expect(two).not.toBe(one);
  });

  it("of a pipeline's own CEL are named with it", () => {
    const doubled = defineFunction('doubled', '(double): double', (x: number) => 2 * x, 1);
    const { compiled } = pipeline('p', { extensions: { functions: [doubled] } })
      .from(topic('in', json(Reading)))
      .derive({ y: cel<number>('doubled(pm25)') })
      .to(live())
      .build();
    const fields = { pm25: 4 };
    compiled.accepts(fields, { offset: 0n, timestampMs: 0, key: null, value: null });
    expect(fields).toEqual({ pm25: 4, y: 8 });
  });
});

describe('the schema of records', () => {
  const of = (...given: Parameters<typeof json<z.output<typeof Reading>>>) =>
    pipeline('p')
      .from(topic('in', json(...given)))
      .to(live())
      .build().compiled;
  const decode = (compiled: ReturnType<typeof of>, record: unknown) =>
    compiled.decode({ offset: 0n, timestampMs: 0, key: null, value: Buffer.from(JSON.stringify(record)) });

  it('makes a dead letter of a record that does not fit, saying where', () => {
    expect(() => decode(of(Reading), { location: 'A', observed_at: 1, pm25: 'x' })).toThrow(
      /^the record is not what the schema says: observed_at: .*expected string.*; pm25: .*expected number/,
    );
  });

  it('leaves out what it does not name', () => {
    const record = { location: 'A', observed_at: 'now', pm25: null };
    expect(decode(of(Reading), { ...record, more: 1 })).toEqual(record);
  });

  it('only gives types with check: false', () => {
    expect(decode(of(Reading, { check: false }), { pm25: 'x' })).toEqual({ pm25: 'x' });
  });

  it('is part of the fingerprint when it is checked, as its text or its version', () => {
    const Changed = Reading.extend({ pm25: z.number() });
    const prints = [
      of(Reading),
      of(Changed),
      of(Reading, { check: false }),
      of(Reading, { version: '1' }),
      of(Changed, { version: '1' }),
    ].map((compiled) => compiled.fingerprint);
    expect(new Set(prints).size).toBe(4);
    expect(prints[3]).toBe(prints[4]);
  });
});

describe("an aggregate of one's own", () => {
  class PowerSum implements Aggregator<{ sum: number }, number> {
    readonly name = 'power_sum';
    constructor(private readonly power: number) {}
    init(): { sum: number } {
      return { sum: 0 };
    }
    add(state: { sum: number }, value: number): void {
      state.sum += value ** this.power;
    }
    merge(into: { sum: number }, from: { sum: number }): void {
      into.sum += from.sum;
    }
    result({ sum: total }: { sum: number }): number {
      return total;
    }
    encode(): void {
      throw new Error('not in this test');
    }
    decode(): { sum: number } {
      throw new Error('not in this test');
    }
  }
  const powerSum = defineAggregate({
    ...{ name: 'power_sum', version: 1, result: 'number', guarantee: 'exact', space: '8 bytes' },
    parameters: [numberArgument('x'), wholeNumber('p', 1, 9)],
    create: (p) => new PowerSum(p),
  });

  it('is called with fields and constants, twice if need be', () => {
    const { definition, compiled } = windowed
      .aggregate({ squares: custom(powerSum, 'pm25', 2), cubes: custom(powerSum, 'pm25', 3) })
      .to(live())
      .build();
    expect(definition.spec.aggregate).toEqual({ squares: 'power_sum(pm25, 2)', cubes: 'power_sum(pm25, 3)' });
    expect(compiled.aggregates.map(({ aggregator }) => aggregator.name)).toEqual(['power_sum', 'power_sum']);
  });

  it('has its constants checked', () => {
    const wrong = windowed.aggregate({ a: custom(powerSum, 'pm25', 10) }).to(live());
    expect(refusal(() => wrong.build())).toContain(
      'aggregate.a: power_sum(x, p): p must be a whole number from 1 to 9',
    );
  });
});
