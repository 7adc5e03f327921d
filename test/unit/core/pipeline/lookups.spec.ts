import { compiled, definitionOf, pipelineText, problemsOf } from './pipeline-text';

/** Lookups stand on line 6, where `where` is in other tests. */
const withLookup = (lookup: string, over: Parameters<typeof pipelineText>[0] = {}) =>
  pipelineText({ ...over, where: `  lookup: ${lookup}` });

const GOOD = '{ table: redis, name: sensors, on: k, as: sensor }';

describe('lookups of a definition', () => {
  it('are one mapping or a list', () => {
    const second = '{ table: topic, name: sites, on: sensor.site, as: site }';
    const one = definitionOf({ where: `  lookup: ${GOOD}` }).spec.lookup;
    const two = definitionOf({ where: `  lookup: [${GOOD}, ${second}]` }).spec.lookup;
    expect(one).toEqual([{ table: 'redis', name: 'sensors', on: 'k', as: 'sensor', missing: null, maxAge: 1_000 }]);
    expect(two).toEqual([
      one![0],
      {
        ...{ table: 'topic', name: 'sites', on: 'sensor.site', as: 'site', missing: null },
        ...{ pointInTime: false, maxEntries: 1_000_000 },
      },
    ]);
  });

  it('keep a day of versions unless they say how much', () => {
    const topic = (rest: string) =>
      compiled({ where: `  lookup: { table: topic, name: t, on: k, as: s, pointInTime: true${rest} }` }).lookups[0]!
        .table;
    expect(topic('')).toMatchObject({ pointInTime: { timeField: undefined, historyMs: 86_400_000 } });
    expect(topic(', history: 7d, time: { field: since }')).toMatchObject({
      pointInTime: { timeField: 'since', historyMs: 7 * 86_400_000 },
    });
  });

  it.each([
    ['{}', '6:3: spec.lookup.table: is missing; one of redis, topic is needed'],
    ['sensors', '6:11: spec.lookup: a mapping or a list of mappings is needed'],
    ['[]', '6:11: spec.lookup: must not be empty'],
    [
      '{ table: radis, name: n, on: k, as: s }',
      '6:20: spec.lookup.table: unknown value "radis"; did you mean "redis"?',
    ],
    [
      '[{ table: mysql, name: n, on: k, as: s }]',
      '6:21: spec.lookup[0].table: unknown value "mysql"; known: redis, topic',
    ],
    ['{ table: redis, on: k, as: s }', '6:3: spec.lookup.name: is missing; text is needed'],
    ['{ table: redis, name: n, as: s }', '6:3: spec.lookup.on: is missing; text is needed'],
    ['{ table: redis, name: n, on: k }', '6:3: spec.lookup.as: is missing; text is needed'],
    ['{ table: redis, name: n, on: 5, as: s }', '6:40: spec.lookup.on: text is needed, not 5'],
    [
      '{ table: redis, name: n, on: k, as: s, pointInTime: true }',
      '6:50: spec.lookup.pointInTime: unknown property "pointInTime"; known: table, name, on, as, missing, maxAge',
    ],
    [
      '{ table: topic, name: a b, on: k, as: s }',
      '6:33: spec.lookup.name: the name of a topic is made of letters, digits, ".", "_" and "-"',
    ],
    [
      '{ table: topic, name: n, on: k, as: s, history: 7d }',
      '6:59: spec.lookup.history: has no meaning without pointInTime: true',
    ],
    [
      '{ table: redis, name: n, on: k, as: s, missing: skip }',
      '6:59: spec.lookup.missing: unknown value "skip"; known: null, drop, dead-letter',
    ],
    [
      '{ table: redis, name: n, on: k, as: at }',
      '6:47: spec.lookup.as: "at" is the time field of the source; choose another name',
    ],
    ['{ table: redis, name: n, on: k, as: timestamp }', '6:47: spec.lookup.as: "timestamp" is a reserved name'],
    [`[${GOOD}, ${GOOD}]`, '6:106: spec.lookup[1].as: "sensor" is the field of an earlier lookup'],
    ['{ table: redis, name: n, on: k +, as: s }', '6:43: spec.lookup.on: Unexpected token: EOF'],
    [
      '{ table: redis, name: n, on: twice, as: s }',
      '6:40: spec.lookup.on: lookup runs before derive, so "twice" is not there yet',
    ],
    ['{ table: redis, name: n, on: s.id, as: s }', '6:40: spec.lookup.on: the lookup of "s" does not run before this'],
    [
      '{ table: redis, name: n, on: "[k]", as: s }',
      '6:40: spec.lookup.on: text, a number or a boolean is needed; this gives list',
    ],
  ])('are refused with their place: %s', (lookup, ...problems) => {
    expect(problemsOf(withLookup(lookup))).toEqual(problems);
  });

  it('are part of what state means, but not how long and how much is kept', () => {
    const fingerprint = (lookup: string) => compiled({ where: `  lookup: ${lookup}` }).fingerprint;
    const topic = '{ table: topic, name: t, on: k, as: s, pointInTime: true';
    const different = [
      GOOD,
      GOOD.replace('sensors', 'others'),
      GOOD.replace('on: k', 'on: x'),
      GOOD.replace('as: sensor', 'as: other'),
      GOOD.replace(' }', ', missing: drop }'),
      `${topic} }`,
      `${topic}, time: { field: since } }`,
      '{ table: topic, name: t, on: k, as: s }',
    ].map(fingerprint);
    expect(new Set(different).size).toBe(different.length);
    expect(fingerprint(GOOD.replace(' }', ', maxAge: 5s }'))).toBe(fingerprint(GOOD));
    expect(fingerprint(`${topic}, history: 9d, maxEntries: 5 }`)).toBe(fingerprint(`${topic} }`));
  });
});
