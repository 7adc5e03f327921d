import fc from 'fast-check';
import { FatalError, PoisonRecordError } from '../../../../src/core/errors';
import { MAX_KEY_BYTES } from '../../../../src/core/pipeline/compile-key';
import { poison } from '../../../../src/core/pipeline/poison';
import { encodeKey } from '../../../../src/core/row/key';
import { compiled, recordOf } from './pipeline-text';

const DEEP = 100_000;
const deepList = '['.repeat(DEEP) + ']'.repeat(DEEP);
const deepObject = '{"a":'.repeat(DEEP) + '1' + '}'.repeat(DEEP);

const PIPELINES = [
  {},
  { where: '  where: x == x', derive: '  derive: { d: x }' },
  { where: '  where: has(x.y.z) || x[0] == k', derive: '  derive: { d: "[x, k]" }', key: '  key: [k, d]' },
  {
    where: undefined,
    derive: '  derive: { d: size(x) / size(k) }',
    aggregate: '  aggregate: { a: sum(x), b: count(x) }',
  },
  { where: undefined, derive: undefined, aggregate: '  aggregate: { a: avg(x * 2), b: max(size(k) + x) }' },
].map((replaced) => compiled(replaced));

/** All that a task asks of a pipeline for one record. */
function evaluate(pipeline: (typeof PIPELINES)[number], text: string): void {
  const record = recordOf(text);
  const fields = pipeline.decode(record);
  pipeline.eventTimeMs(fields, record);
  if (!pipeline.accepts(fields, record)) return;
  encodeKey(pipeline.keyValues(fields));
  for (const { argument } of pipeline.aggregates) argument(fields);
}

function poisonOf(action: () => unknown): PoisonRecordError {
  try {
    action();
  } catch (error) {
    if (error instanceof PoisonRecordError) return error;
    throw error;
  }
  throw new Error('was taken');
}

/** Whatever happens, it is no error but PoisonRecordError, and its message is short. */
function expectNothingWorse(text: string): void {
  for (const pipeline of PIPELINES) {
    try {
      evaluate(pipeline, text);
    } catch (error) {
      expect(error).toBeInstanceOf(PoisonRecordError);
      expect((error as Error).message.length).toBeLessThanOrEqual(1_000);
    }
  }
}

describe('a record that cannot be processed', () => {
  it.each([
    ['the time field', 'bad-time', { at: deepList, k: '"k"', x: '1' }],
    ['an argument', 'bad-value', { at: '0', k: '"k"', x: deepObject }],
    ['the key', 'bad-key', { at: '0', k: deepList, x: '1' }],
    ['a derived field', 'expression-failed', { at: '0', k: '"k"', x: deepList }],
  ])('is poison when %s is nested too deeply', (place, reason, { at, k, x }) => {
    const derive = place === 'a derived field' ? '  derive: { d: x }' : undefined;
    const pipeline = compiled({ where: undefined, derive });
    const error = poisonOf(() => evaluate(pipeline, `{"at":${at},"k":${k},"x":${x}}`));
    expect(error.reason).toBe(reason);
    expect(error.message.length).toBeLessThan(300);
  });

  it('is poison wherever it is nested too deeply, and whatever asks for it', () => {
    for (const x of [deepList, deepObject]) {
      expectNothingWorse(x);
      for (const name of ['at', 'k', 'x', 'other', '__proto__']) {
        expectNothingWorse(`{"at":0,"k":"k","x":1,"${name}":${x}}`);
      }
    }
  });

  it('is never worse than poison, whatever JSON it is', () => {
    const field = fc.oneof(fc.jsonValue(), fc.constantFrom(0, 'k', '2013-01-01', 1e308, -1));
    const record = fc.record({ at: field, k: field, x: field }, { requiredKeys: [] });
    fc.assert(
      fc.property(record, (value) => expectNothingWorse(JSON.stringify(value))),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), expectNothingWorse));
  });

  it('quotes no more of it than a message can hold', () => {
    expect(new PoisonRecordError('bad-key', 'x'.repeat(1e6)).message).toHaveLength(1_000);
  });
});

describe('poison', () => {
  it('takes what no check foresaw as the fault of the record', () => {
    const error = poison(new RangeError('Maximum call stack size exceeded'), 'bad-value', 'avg(x)');
    expect(error).toBeInstanceOf(PoisonRecordError);
    expect(error).toMatchObject({ reason: 'bad-value', message: 'avg(x): Maximum call stack size exceeded' });
  });

  it('hides no error that has a reaction of its own', () => {
    const [fatal, known] = [new FatalError('state was not loaded'), new PoisonRecordError('bad-time', 'no time')];
    expect(poison(fatal, 'bad-value', 'avg(x)')).toBe(fatal);
    expect(poison(known, 'bad-value', 'avg(x)')).toBe(known);
  });
});

describe('the texts of a key', () => {
  const keyOf = (fields: Record<string, unknown>) => compiled({ key: '  key: [k, l]' }).keyValues(fields);
  const most = 'k'.repeat(MAX_KEY_BYTES - 1);

  it('may be as long as Cassandra takes', () => {
    expect(keyOf({ k: most, l: 'l' })).toEqual([most, 'l']);
    expect(keyOf({ k: 'ह'.repeat(10_922), l: 'l' })).toHaveLength(2);
    expect(keyOf({ k: 'é'.repeat(16_000), l: 5 })).toHaveLength(2);
  });

  it.each([
    ['empty', { k: '', l: 'l' }, 'key field "k" is empty'],
    ['too long', { k: most, l: 'll' }, 'the key ("k", "l") has 32769 bytes, at most 32768 are taken'],
    [
      'too long in UTF-8',
      { k: 'ह'.repeat(10_923), l: 'l' },
      'the key ("k", "l") has 32770 bytes, at most 32768 are taken',
    ],
  ])('are refused when %s', (_, fields, message) => {
    expect(poisonOf(() => keyOf(fields))).toMatchObject({ reason: 'bad-key', message });
  });
});
