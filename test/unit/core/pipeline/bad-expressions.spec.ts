import { STANDARD_LANGUAGE } from '../../../../src/core/pipeline/language';
import { type LineName, pipelineText, problemsOf } from './pipeline-text';

type Case = readonly [line: LineName, text: string | undefined, ...problems: string[]];

const { names } = STANDARD_LANGUAGE.aggregates;

const expressions: Case[] = [
  ['where', '  where: x +* 2', '6:13: spec.where: Unexpected token: MULTIPLY'],
  ['where', '  where: "x +* 2"', '6:14: spec.where: Unexpected token: MULTIPLY'],
  ['where', '  where: 1 + 2', '6:10: spec.where: a condition is needed; this gives int'],
  ['where', '  where: x > 0 && startWith(x)', '6:19: spec.where: unknown function "startWith"'],
  [
    'where',
    '  where: avg(x) > 0',
    '6:10: spec.where: "avg" is an aggregate; name it under spec.aggregate and use that name',
  ],
  ['derive', '  derive: { headers: x }', '7:13: spec.derive.headers: "headers" is a reserved name'],
  ['where', '  where: x > 0 && twice > 1', '6:19: spec.where: where runs before derive, so "twice" is not there yet'],
  ['derive', '  derive: { band: 1 + "a" }', '7:19: spec.derive.band: no such overload: int + string'],
  ['derive', '  derive: { key: x }', '7:13: spec.derive.key: "key" is a reserved name'],
  ['aggregate', '  aggregate: { a: agv(x) }', '10:19: spec.aggregate.a: unknown aggregate "agv"; did you mean "avg"?'],
  ['aggregate', '  aggregate: { a: "avg(x, y)" }', '10:20: spec.aggregate.a: avg() takes 1 argument, not 2: avg(x)'],
  [
    'aggregate',
    '  aggregate: { a: "count(x, y)" }',
    '10:20: spec.aggregate.a: count() takes 0 or 1 argument, not 2: count() or count(x)',
  ],
  [
    'aggregate',
    '  aggregate: { a: top_k(x) }',
    '10:19: spec.aggregate.a: top_k() takes 2 or 3 arguments, not 1: top_k(x, k) or top_k(x, k, by)',
  ],
  [
    'aggregate',
    '  aggregate: { a: "top_k(x, 0)" }',
    '10:29: spec.aggregate.a: top_k(x, k): k must be a whole number from 1 to 1000',
  ],
  [
    'aggregate',
    '  aggregate: { a: "top_k(x, n)" }',
    '10:29: spec.aggregate.a: top_k(x, k): k must be a whole number from 1 to 1000, written out: it is the same for all records',
  ],
  [
    'aggregate',
    '  aggregate: { a: "quantile(x, 95)" }',
    '10:32: spec.aggregate.a: quantile(x, q): q must be a number from 0 to 1',
  ],
  [
    'aggregate',
    '  aggregate: { a: "ewma(x, 600)" }',
    "10:28: spec.aggregate.a: ewma(x, half_life): half_life must be a duration longer than 0, such as '10m' or 'PT1H'",
  ],
  [
    'aggregate',
    '  aggregate: { a: "histogram(x, [3, -1])" }',
    '10:33: spec.aggregate.a: histogram(x, bounds): bounds must be a list of 1 to 1000 ascending numbers, such as [0, 12, 35.5]',
  ],
  [
    'aggregate',
    '  aggregate: { a: "vwap(p, string(v))" }',
    '10:28: spec.aggregate.a: vwap(price, volume): volume must be a number; this is string',
  ],
  [
    'aggregate',
    '  aggregate: { a: x }',
    `10:19: spec.aggregate.a: an aggregate such as avg(pm25) is needed; one of ${names.join(', ')}`,
  ],
  ['aggregate', '  aggregate: { a: avg(x }', '10:24: spec.aggregate.a: Expected RPAREN, got EOF'],
  ['aggregate', '  aggregate: { a: sum("x") }', '10:23: spec.aggregate.a: sum(x): x must be a number; this is string'],
  ['aggregate', '  aggregate: { a: sum(x + foo(1)) }', '10:27: spec.aggregate.a: unknown function "foo"'],
];

const cassandra = (columns: string): string =>
  `  sinks: [{ cassandra: { table: ks.t, columns: { k: key.k, s: window.start, ${columns} } } }]`;

const sinks: Case[] = [
  ['sinks', undefined, '4:1: spec.sinks: is missing; a list is needed'],
  ['sinks', '  sinks: []', '13:10: spec.sinks: at least one sink is needed'],
  ['sinks', '  sinks: [{ casandra: {} }]', '13:11: spec.sinks[0]: unknown sink "casandra"; did you mean "cassandra"?'],
  [
    'sinks',
    '  sinks: [{ live: {}, kafka: { topic: t } }]',
    '13:11: spec.sinks[0]: exactly one of cassandra, kafka, live, metrics, redis is needed',
  ],
  ['sinks', '  sinks: [{ live: {} }, { live: {} }]', '13:25: spec.sinks[1]: a second live sink; at most one'],
  [
    'sinks',
    '  sinks: [{ kafka: { topic: in } }]',
    '13:29: spec.sinks[0].kafka.topic: is the source topic: the pipeline would read its own output',
  ],
  [
    'sinks',
    '  sinks: [{ kafka: { topic: t, delivery: exactly } }]',
    '13:42: spec.sinks[0].kafka.delivery: unknown value "exactly"; known: at-least-once, exactly-once',
  ],
  [
    'sinks',
    '  sinks: [{ kafka: { topic: t, delivery: exactly-once } }, { kafka: { topic: u, delivery: exactly-once } }]',
    '13:91: spec.sinks[1].kafka.delivery: a second exactly-once sink; at most one',
  ],
  [
    'sinks',
    '  sinks: [{ kafka: { topic: t, delivery: exactly-once } }, { kafka: { topic: t } }]',
    '13:78: spec.sinks[1].kafka.topic: is the topic of an exactly-once sink: rows would be there twice',
  ],
  [
    'sinks',
    '  sinks: [{ kafka: { topc: t } }]',
    '13:22: spec.sinks[0].kafka.topc: unknown property "topc"; did you mean "topic"?',
  ],
  [
    'sinks',
    '  sinks: [{ cassandra: { table: t, columns: { k: key.k, s: window.start } } }]',
    '13:33: spec.sinks[0].cassandra.table: keyspace.table in lower case is needed',
  ],
  [
    'sinks',
    cassandra('a: totl'),
    '13:80: spec.sinks[0].cassandra.columns.a: unknown aggregate "totl"; did you mean "total"?',
  ],
  [
    'sinks',
    cassandra('a: k'),
    '13:80: spec.sinks[0].cassandra.columns.a: unknown aggregate "k"; did you mean "key.k"?',
  ],
  [
    'sinks',
    cassandra('a: key.kk'),
    '13:84: spec.sinks[0].cassandra.columns.a: key has no field "kk"; did you mean "k"?',
  ],
  [
    'sinks',
    cassandra('a: window.strat'),
    '13:87: spec.sinks[0].cassandra.columns.a: window has no field "strat"; did you mean "start"?',
  ],
  [
    'sinks',
    cassandra('a: n + totl'),
    '13:84: spec.sinks[0].cassandra.columns.a: unknown aggregate "totl"; did you mean "total"?',
  ],
  ['sinks', cassandra('a: key'), '13:80: spec.sinks[0].cassandra.columns.a: name a field of key, such as key.k'],
  [
    'sinks',
    cassandra('A: n'),
    '13:77: spec.sinks[0].cassandra.columns.A: a column is made of lower-case letters, digits and _ (at most 48)',
  ],
  [
    'sinks',
    '  sinks: [{ cassandra: { table: ks.t, columns: { n: n } } }]',
    '13:39: spec.sinks[0].cassandra.columns: no column holds key.k or window.start; different rows would overwrite each other',
  ],
];

describe('a wrong expression or sink is refused with its place and what was meant', () => {
  const cases = [...expressions, ...sinks].map(([line, text, ...problems]) => ({ line, text, problems }));
  it.each(cases)('$line: $text', ({ line, text, problems }) => {
    expect(problemsOf(pipelineText({ [line]: text }))).toEqual(problems);
  });

  it('knows which derived fields are text, and takes those that may be numbers', () => {
    const derive = '  derive: { band: aqi_band(double(x)), high: x > 5, twice: x * 2, index: aqi_pm25(double(x)) }';
    const aggregate = (calls: string): string => pipelineText({ derive, aggregate: `  aggregate: { ${calls} }` });
    expect(problemsOf(aggregate('a: avg(band), b: sum(high), c: avg(twice), d: max(index), e: first(band)'))).toEqual([
      '10:23: spec.aggregate.a: avg(x): x must be a number; this is string',
      '10:37: spec.aggregate.b: sum(x): x must be a number; this is bool',
    ]);
    expect(problemsOf(aggregate('n: "sum(high ? 1 : 0)", t: "top_k(band, 3)", s: sum(size(band))'))).toEqual([]);
  });
});
