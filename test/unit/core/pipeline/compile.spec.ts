import fc from 'fast-check';
import { PoisonRecordError } from '../../../../src/core/errors';
import { compiled, recordOf } from './pipeline-text';

/** Runs one record through a pipeline: the arguments of its aggregates, or false when it is filtered. */
function run(replaced: Parameters<typeof compiled>[0], value: unknown, over = {}): unknown[] | false {
  const pipeline = compiled({ where: undefined, derive: undefined, ...replaced });
  const record = recordOf(value, over);
  const fields = pipeline.decode(record);
  if (!pipeline.accepts(fields, record)) return false;
  return pipeline.aggregates.map((aggregate) => aggregate.argument(fields));
}

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof PoisonRecordError) return `${error.reason}: ${error.message}`;
    throw error;
  }
  throw new Error('was taken');
}

const aggregate = (call: string) => ({ aggregate: `  aggregate: { a: '${call}' }` });
const where = (condition: string) => ({ where: `  where: '${condition}'`, ...aggregate('count()') });

describe('a compiled pipeline', () => {
  it('says what the definition says', () => {
    const pipeline = compiled({ window: '  window: { kind: tumbling, size: 1m, grace: 5s }' });
    expect(pipeline).toMatchObject({
      name: 'p',
      keyNames: ['k'],
      graceMs: 5000,
      outOfOrdernessMs: 0,
      idleAfterMs: 60_000,
      advanceOn: 'accepted',
      emitOnUpdate: true,
      emitOnClose: true,
      emitEveryMs: 1000,
      sinks: [{ kind: 'live' }],
    });
    expect(pipeline.aggregates.map(({ name, aggregator }) => [name, aggregator.name])).toEqual([
      ['total', 'sum'],
      ['n', 'count'],
    ]);
    expect(pipeline.windows!.assign(61_000)[0]).toEqual({ startMs: 60_000, endMs: 120_000, zone: 'UTC' });
  });

  it.each([
    ['update', true, false],
    ['close', false, true],
    ['both', true, true],
  ])('emits on %s', (on, emitOnUpdate, emitOnClose) => {
    expect(compiled({ emit: `  emit: { on: ${on} }` })).toMatchObject({ emitOnUpdate, emitOnClose });
  });

  it('never proves a partition idle when told so', () => {
    const source = '  source: { topic: in, format: json, time: { idleAfter: never } }';
    expect(compiled({ source }).idleAfterMs).toBeUndefined();
  });

  it("takes the record's own timestamp where no time field is named", () => {
    const pipeline = compiled({ source: '  source: { topic: in, format: json }' });
    expect(pipeline.eventTimeMs({}, recordOf({}, { timestampMs: 5 }))).toBe(5);
    expect(refusal(() => pipeline.eventTimeMs({}, recordOf({}, { timestampMs: -1 })))).toMatch(/^bad-time: /);
  });

  it('reads the time field', () => {
    const pipeline = compiled();
    expect(pipeline.eventTimeMs({ at: '1970-01-01T00:00:01Z' }, recordOf({}))).toBe(1000);
    expect(refusal(() => pipeline.eventTimeMs({}, recordOf({})))).toMatch(/^bad-time: time field "at" is missing/);
  });

  it('reads CSV', () => {
    const source = '  source: { topic: in, format: csv, csv: { columns: [k, x] } }';
    expect(compiled({ source }).decode(recordOf('a,5'))).toEqual({ k: 'a', x: 5 });
  });
});

describe('key values', () => {
  const keyOf = (value: unknown) =>
    compiled({ key: '  key: [k, toString]' }).keyValues(value as Record<string, unknown>);

  it('are texts, numbers and booleans in the order of the definition', () => {
    const key = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1 }), fc.maxSafeInteger(), fc.boolean());
    fc.assert(fc.property(key, key, (k, s) => expect(keyOf({ toString: s, k })).toEqual([k, s])));
  });

  it.each([
    [{ toString: 1 }, 'key field "k" is missing'],
    [{ k: 1 }, 'key field "toString" is missing'],
    [{ k: null }, 'key field "k" is null'],
    [{ k: {} }, 'key field "k" is an object; text, a number or a boolean is needed'],
    [{ k: [1] }, 'key field "k" is a list; text, a number or a boolean is needed'],
    [{ k: 2 ** 53 }, 'key field "k" 9007199254740992 is too large to be exact; send it as text'],
    [{ k: Infinity }, 'key field "k" Infinity is too large to be exact; send it as text'],
    [{ k: '\ud800' }, 'key field "k" "\\ud800" is no well-formed text'],
  ])('of %j are refused', (fields, message) => expect(refusal(() => keyOf(fields))).toBe(`bad-key: ${message}`));
});

describe('where', () => {
  it.each([
    ['x != null && x >= 0', { x: 1 }, true],
    ['x != null && x >= 0', { x: -1 }, false],
    ['x != null && x >= 0', { x: null }, false],
    ['x != null && x >= 0', {}, false],
    ['constructor == null', {}, true],
    ['x % 2 == 1', { x: 3 }, true],
    ['has(x.y) && x.y.exists(z, z > 1)', { x: { y: [1, 2] } }, true],
    ['timestamp == 1356998400000 && key == "k1"', {}, true],
    ['key == null', {}, false],
    ['headers.device == "a" && headers["trace-id"] == "t2"', {}, true],
    ['headers.device == "b"', {}, false],
    ['headers.missing == null && headers["none"] == null', {}, true],
    ['size(headers) == 3 && "device" in headers', {}, true],
    ['headers.empty == null', {}, true],
  ])('%s of %j is %p', (condition, value, accepted) => {
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
    const headers = { device: bytes('a'), 'trace-id': [bytes('t1'), 't2'], empty: null };
    expect(run(where(condition), value, { key: bytes('k1'), headers }) !== false).toBe(accepted);
  });

  it.each([
    ['x >= 0', { x: '81' }, 'where: x >= 0: no such overload: string >= int'],
    ['x >= 0', {}, 'where: x >= 0: no such overload: null >= int'],
    ['x.y.z == 1', { x: {} }, 'where: x.y.z == 1: No such key: y'],
    ['x', { x: 1 }, 'where: x: the result is a number, not a boolean'],
  ])('%s of %j goes to the dead letters', (condition, value, message) => {
    expect(refusal(() => run(where(condition), value))).toBe(`expression-failed: ${message}`);
  });
});

describe('derive', () => {
  it('adds fields that later ones and aggregates see', () => {
    const derive = '  derive: { y: x * 2 + 1, z: y / 4 }';
    expect(run({ derive, aggregate: '  aggregate: { a: sum(y), b: sum(z) }' }, { x: 1.5 })).toEqual([4, 1]);
  });

  it('gives JSON: integers are numbers, times are text', () => {
    const derive = '  derive: { y: size("abc"), t: timestamp("2013-01-01T08:00:00+08:00"), u: "[1, 2.5, 3u]" }';
    const pipeline = compiled({ derive, where: undefined });
    const fields = {};
    pipeline.accepts(fields, recordOf({}));
    expect(fields).toMatchObject({ y: 3, t: '2013-01-01T00:00:00.000Z', u: [1, 2.5, 3] });
  });

  it.each([
    ['x / 0', { x: 1 }, 'derive.y: x / 0: the result is Infinity, not a number'],
    ['b"a"', {}, 'derive.y: b"a": the result is a Uint8Array, which JSON cannot hold'],
  ])('%s of %j goes to the dead letters', (text, value, message) => {
    expect(refusal(() => run({ derive: `  derive: { y: '${text}' }` }, value))).toBe(`expression-failed: ${message}`);
  });

  it.each([
    [9.05, 'good'],
    [9.1, 'moderate'],
    [35.49, 'moderate'],
    [55.5, 'unhealthy'],
    [1000, 'hazardous'],
  ])('knows that PM2.5 of %p is %s air', (pm25, band) => {
    expect(run({ derive: '  derive: { y: aqi_band(pm25) }', ...aggregate('count(y)') }, { pm25 })).toEqual([band]);
  });
});

describe('the argument of an aggregate', () => {
  it.each([
    ['avg(x)', { x: 81.5 }, 81.5],
    ['avg(x)', { x: null }, undefined],
    ['avg(x)', {}, undefined],
    ['avg(toString)', {}, undefined],
    ['avg(x * 2)', { x: 1.5 }, 3],
    ['avg(x + 1)', { x: 1.5 }, 2.5],
    ['avg(1 - x)', { x: 1.5 }, -0.5],
    ['avg(7 / 2)', {}, 3],
    ['avg(x / 2)', { x: 7 }, 3.5],
    ['avg(size(x))', { x: 'abc' }, 3],
    ['avg(x == null ? 0 : x)', {}, 0],
    ['max(timestamp)', { timestamp: 5 }, 5],
    ['max(timestamp * 2)', { timestamp: 5 }, 10],
    ['count(x)', { x: 'any' }, 'any'],
    ['count(x)', { x: null }, undefined],
  ])('%s of %j is %p', (call, value, argument) => expect(run(aggregate(call), value)).toEqual([argument]));

  it('is there for every record of count()', () => expect(run(aggregate('count()'), {})).toEqual([true]));

  it.each([
    ['avg(x)', { x: '81' }, 'bad-value: avg(x): "81" is text, a number is needed'],
    ['avg(x)', { x: true }, 'bad-value: avg(x): true is a boolean, a number is needed'],
    ['avg(x)', { x: {} }, 'bad-value: avg(x): {} is an object, a number is needed'],
    ['avg(x)', '{"x":1e999}', 'bad-value: avg(x): Infinity is not finite, a number is needed'],
    ['avg(x / 0)', { x: 1 }, 'bad-value: avg(x / 0): Infinity is not finite, a number is needed'],
    ['avg(x * 2)', { x: '81' }, 'expression-failed: avg(x * 2): x * 2: no such overload: string * int'],
    ['avg(x * 2)', {}, 'expression-failed: avg(x * 2): x * 2: no such overload: null * int'],
  ])('%s of %j goes to the dead letters', (call, value, message) => {
    expect(refusal(() => run(aggregate(call), value))).toBe(message);
  });
});
