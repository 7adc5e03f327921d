import { defineAggregate } from '../../../../src/core/aggregates/aggregate-definition';
import type { Aggregator, RecordPlace } from '../../../../src/core/aggregates/aggregator';
import type { ByteReader, ByteWriter } from '../../../../src/core/aggregates/bytes';
import { numberArgument, wholeNumber } from '../../../../src/core/aggregates/parameter';
import { compilePipeline } from '../../../../src/core/pipeline/compile';
import { defineFunction } from '../../../../src/core/pipeline/function-definition';
import { createLanguage, type Language, STANDARD_LANGUAGE } from '../../../../src/core/pipeline/language';
import { parsePipelines } from '../../../../src/core/pipeline/parse';
import { problemText } from '../../../../src/core/pipeline/problem';
import { decoded, encoded } from '../../../support/aggregate-samples';
import { pipelineText, recordOf } from './pipeline-text';

interface PowerSum {
  sum: number;
  lastMs: number;
}

/** The sum of powers, as a user would write it. */
class PowerSumAggregator implements Aggregator<PowerSum, number> {
  readonly name = 'power_sum';

  constructor(private readonly power: number) {}

  init(): PowerSum {
    return { sum: 0, lastMs: -1 };
  }

  add(state: PowerSum, value: number, at: RecordPlace): void {
    state.sum += value ** this.power;
    state.lastMs = Math.max(state.lastMs, at.timeMs);
  }

  merge(into: PowerSum, from: PowerSum): void {
    into.sum += from.sum;
    into.lastMs = Math.max(into.lastMs, from.lastMs);
  }

  result({ sum, lastMs }: PowerSum): { sum: number; lastMs: number } {
    return { sum, lastMs };
  }

  encode({ sum, lastMs }: PowerSum, writer: ByteWriter): void {
    writer.float64(sum);
    writer.float64(lastMs);
  }

  decode(reader: ByteReader): PowerSum {
    return { sum: reader.float64(), lastMs: reader.float64() };
  }
}

const powerSum = (version: number) =>
  defineAggregate({
    name: 'power_sum',
    version,
    parameters: [numberArgument('x'), wholeNumber('p', 1, 9)],
    result: '{sum, lastMs}',
    guarantee: 'exact but for rounding',
    space: '16 bytes',
    create: (p) => new PowerSumAggregator(p),
  });

const halved = (version: number) => defineFunction('halved', '(double): double', (x: number) => x / 2, version);

const language = (aggregateVersion = 1, functionVersion = 1): Language =>
  createLanguage({ aggregates: [powerSum(aggregateVersion)], functions: [halved(functionVersion)] });

const TEXT = pipelineText({
  derive: '  derive: { y: halved(x), z: halved(3) }',
  aggregate: '  aggregate: { p: "power_sum(y, 2)" }',
});

const problemsIn = (text: string, spoken: Language): string[] =>
  parsePipelines(text, 'f', spoken).problems.map(problemText);

function compiledIn(spoken: Language, text = TEXT) {
  const { definitions, problems } = parsePipelines(text, 'f', spoken);
  expect(problems).toEqual([]);
  return compilePipeline(definitions[0]!, spoken);
}

describe("a user's own aggregate and function", () => {
  it('are called as those built in', () => {
    const pipeline = compiledIn(language());
    const record = recordOf({ k: 'a', x: 6 });
    const fields = pipeline.decode(record);
    expect(pipeline.accepts(fields, record)).toBe(true);
    expect(fields).toMatchObject({ y: 3, z: 1.5 });
    const { aggregator, argument } = pipeline.aggregates[0]!;
    const state = aggregator.init();
    aggregator.add(state, argument(fields) as never, { timeMs: 7, offset: 0n });
    expect(aggregator.result(decoded(aggregator, encoded(aggregator, state)))).toEqual({ sum: 9, lastMs: 7 });
  });

  it('are unknown without them', () => {
    expect(problemsIn(TEXT, STANDARD_LANGUAGE)).toEqual([
      'f:7:16: spec.derive.y: unknown function "halved"',
      'f:7:30: spec.derive.z: unknown function "halved"',
      'f:10:20: spec.aggregate.p: unknown aggregate "power_sum"',
    ]);
  });

  it('are checked and suggested as those built in', () => {
    const text = TEXT.replace('halved(x)', 'halvd(x)').replace('power_sum(y, 2)', 'power_sum(y, 10)');
    expect(problemsIn(text, language())).toEqual([
      'f:7:16: spec.derive.y: unknown function "halvd"; did you mean "halved"?',
      'f:10:33: spec.aggregate.p: power_sum(x, p): p must be a whole number from 1 to 9',
    ]);
  });

  it('change the fingerprint of the pipelines that call them with their version', () => {
    const prints = [language(1, 1), language(2, 1), language(1, 2)].map((spoken) => compiledIn(spoken).fingerprint);
    expect(new Set(prints).size).toBe(3);
  });

  it('leave the fingerprint of other pipelines alone', () => {
    const text = pipelineText();
    const { fingerprint } = compiledIn(STANDARD_LANGUAGE, text);
    for (const spoken of [language(1, 1), language(2, 2)])
      expect(compiledIn(spoken, text).fingerprint).toBe(fingerprint);
  });

  it('cannot take a name that is taken', () => {
    const sum = { ...powerSum(1), name: 'arg_min' };
    expect(() => createLanguage({ aggregates: [sum] })).toThrow('there is arg_min(x, y) already');
    const size = defineFunction('size', '(string): int', (text: string) => text.length, 1);
    expect(() => createLanguage({ functions: [size] })).toThrow(/^function size\(string\): int: /);
  });

  it.each(['double: double', '(double)', '(double) -> double'])('cannot have the signature %s', (signature) => {
    expect(() => defineFunction('f', signature, () => 0)).toThrow('a signature such as "(double): string" are needed');
  });

  it('cannot take a type that is unknown', () => {
    const f = defineFunction('f', '(money): double', () => 0, 1);
    expect(() => createLanguage({ functions: [f] })).toThrow(/^function f\(money\): double: /);
  });
});

describe('the functions built in', () => {
  const derived = (expression: string, fields: Record<string, unknown> = {}) => {
    const pipeline = compiledIn(
      STANDARD_LANGUAGE,
      pipelineText({ where: undefined, derive: `  derive: { y: '${expression}' }` }),
    );
    const all: Record<string, unknown> = { ...fields };
    pipeline.accepts(all, recordOf({}));
    return all['y'];
  };

  it.each([
    ['aqi_pm25(x)', { x: 35.9 }, 102],
    ['aqi_pm25(36)', {}, 102],
    ['aqi_pm25(x)', {}, null],
    ['aqi_pm25(x) > 100', { x: 35.9 }, true],
    ['aqi_band(x)', { x: 35.9 }, 'unhealthy for sensitive groups'],
    ['aqi_band(9)', {}, 'good'],
    ['aqi_band(x)', { x: null }, null],
    ['nowcast_pm25(x)', { x: [40, 30, null] }, 35.7],
    ['nowcast_pm25([40, 30.0, null])', {}, 35.7],
    ['aqi_pm25(nowcast_pm25([10]))', {}, null],
  ])('%s of %j is %p', (expression, fields, expected) => expect(derived(expression, fields)).toBe(expected));

  it('make a dead letter of what they cannot take', () => {
    expect(() => derived('aqi_pm25(x)', { x: 'a' })).toThrow(/no such overload|found no matching overload/);
    expect(() => derived('nowcast_pm25(x)', { x: ['a', 'b'] })).toThrow('takes a list of numbers and nulls');
  });
});
