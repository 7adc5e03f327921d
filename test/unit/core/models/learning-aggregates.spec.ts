import { parsePipelines } from '../../../../src/core/pipeline/parse';
import { problemText } from '../../../../src/core/pipeline/problem';
import { learningAggregates } from '../../../../src/core/models/learning-aggregates';
import { compiledWith, EPOCH_MS } from '../../../support/pipelines';
import { resultOver } from '../../../support/called-aggregate';
import { TaskHarness } from '../../../support/task-harness';

function problemsWith(window: string, call: string, emit = 'update'): readonly string[] {
  const text = `apiVersion: millrace/v1
kind: Pipeline
metadata: { name: p }
spec:
  source: { topic: t, format: json }
  key: [k]
  window: ${window}
  aggregate: { a: "${call}" }
  emit: { on: ${emit} }
  sinks: [{ live: {} }]
`;
  return parsePipelines(text, 'p.yaml').problems.map(problemText);
}

const MODEL = "online_regression(x, {'t': t}, '1h', 3, 10)";

describe('aggregates that learn', () => {
  it.each([
    '{ kind: session, gap: 3s }',
    '{ kind: hopping, size: 10s, advance: 5s }',
    '{ kind: sliding, size: 10s }',
    '{ kind: count, size: 3 }',
  ])('are refused in windows that are merged or that records share: %s', (window) => {
    for (const call of [MODEL, 'online_anomaly(x, 10, 3)']) {
      expect(problemsWith(window, call)).toEqual([
        expect.stringContaining(
          'learns from records one after the other: it needs a window of kind tumbling, calendar, global',
        ),
      ]);
    }
  });

  it.each(['{ kind: global }', '{ kind: tumbling, size: 1d }'])('are taken in %s', (window) => {
    expect(problemsWith(window, MODEL, 'record')).toEqual([]);
  });

  it.each([
    ["online_regression(x, {'t': t}, '0s', 3, 10)", 'step must be a duration longer than 0'],
    ["online_regression(x, {'t': t}, '1h', 0, 10)", 'lags must be a whole number from 1 to 48'],
    ["online_regression(x, {'t': t}, '1h', 3, 0)", 'publish_every must be a whole number from 1 to 1000000'],
    ['online_anomaly(x, 1, 3)', 'memory must be a whole number from 2 to 100000'],
  ])('say what is wrong with %s', (call, message) => {
    expect(problemsWith('{ kind: global }', call)).toEqual([expect.stringContaining(message)]);
  });

  it('refuse to be merged', () => {
    for (const definition of learningAggregates) {
      const aggregator = definition.create([3_600_000, 3, 10]);
      const merge = (): void => aggregator.merge(aggregator.init(), aggregator.init());
      expect(merge).toThrow('cannot be merged: its records have an order');
    }
  });

  it('make a row for each record, with what was known then', async () => {
    const pipeline = compiledWith({
      window: { kind: 'global' },
      aggregate: { n: 'count()', newest: 'last(x)' },
      emit: { on: 'record' },
    });
    const harness = await TaskHarness.start(pipeline, { nameOf: ({ keyText }) => keyText });
    const records = [5, 7, 6].map((x, i) => {
      const value = Buffer.from(JSON.stringify({ key: 'a', x, t: EPOCH_MS + i * 1000 }));
      return { offset: BigInt(i), timestampMs: EPOCH_MS, key: Buffer.from('a'), value };
    });
    await harness.process(records);
    await harness.checkpoint();
    expect(harness.emitted.map(({ values }) => values)).toEqual([
      { n: 1, newest: 5 },
      { n: 2, newest: 7 },
      { n: 3, newest: 6 },
    ]);
  });

  it('emit.on: record is refused where a record is in several windows', () => {
    expect(problemsWith('{ kind: session, gap: 3s }', 'count()', 'record')).toEqual([
      expect.stringContaining('record needs a window of kind tumbling, calendar, global'),
    ]);
  });
});

describe('the inputs of a model', () => {
  const rowOf = async (record: Record<string, unknown>): Promise<[dead: number, emitted: number]> => {
    const pipeline = compiledWith({
      window: { kind: 'global' },
      aggregate: { model: "online_regression(x, inputs, '1h', 3, 10)" },
      emit: { on: 'record' },
    });
    const harness = await TaskHarness.start(pipeline, { nameOf: ({ keyText }) => keyText });
    const value = Buffer.from(JSON.stringify({ key: 'a', t: EPOCH_MS, x: 1, ...record }));
    await harness.process([{ offset: 0n, timestampMs: EPOCH_MS, key: Buffer.from('a'), value }]);
    await harness.checkpoint();
    return [harness.task.totals.dead, harness.emitted.length];
  };

  it.each([
    [{ t: 'warm' }],
    [{ t: [1] }],
    ['warm'],
    [[1, 2]],
    [Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`t${i}`, i]))],
    [{ ['t'.repeat(65)]: 1 }],
  ])('are a dead letter when they are %j', async (inputs) => {
    expect(await rowOf({ inputs })).toEqual([1, 0]);
  });

  it.each([[{ t: 1 }], [{ t: null }], [{}]])('are taken when they are %j', async (inputs) => {
    expect(await rowOf({ inputs })).toEqual([0, 1]);
  });
});

describe('online_anomaly', () => {
  const usual = Array.from({ length: 60 }, (_, i) => 20 + (i % 3));

  it('flags a reading far from the newest ones, once it knows enough of them', () => {
    expect(resultOver('online_anomaly(x, 20, 5)', [...usual, 22])).toMatchObject({ anomaly: false });
    expect(resultOver('online_anomaly(x, 20, 5)', [...usual, 40])).toMatchObject({ value: 40, anomaly: true });
    expect(resultOver('online_anomaly(x, 20, 5)', [...usual.slice(0, 10), 40])).toMatchObject({ score: null });
  });

  it('does not take a spike for usual', () => {
    expect(resultOver('online_anomaly(x, 20, 5)', [...usual, 1000, 40])).toMatchObject({ anomaly: true });
  });

  it('follows a level that lasts', () => {
    const risen = Array.from({ length: 200 }, (_, i) => 40 + (i % 3));
    expect(resultOver('online_anomaly(x, 20, 5)', [...usual, ...risen])).toMatchObject({ anomaly: false });
  });
});
