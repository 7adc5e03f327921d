import { deployedText } from '../../../../src/core/plan/deployed-definition';
import { plannedChange } from '../../../../src/core/plan/plan-change';
import { compiled } from '../pipeline/pipeline-text';

/** Of every generation here. */
const decided = { generation: 2n, repartitioned: false, partitions: 4 };

type Replaced = Parameters<typeof compiled>[0];

function changed(replaced: Replaced, from: Replaced = {}): ReturnType<typeof plannedChange> {
  const before = compiled(from);
  const inForce = { ...decided, fingerprint: before.fingerprint, definition: deployedText(before) };
  return plannedChange(compiled(replaced), inForce);
}

const textsOf = ({ changes }: ReturnType<typeof plannedChange>): string[] =>
  changes.map(({ part, before, after }) => `${part}: ${before ?? 'none'} -> ${after ?? 'none'}`);

describe('a planned change', () => {
  it('is new where nothing is deployed, and none where the same is', () => {
    expect(plannedChange(compiled(), undefined)).toEqual({ verdict: 'new', changes: [] });
    expect(changed({})).toEqual({ verdict: 'unchanged', changes: [] });
  });

  it.each<[Replaced, ...string[]]>([
    [{ metadata: 'metadata: { name: p, description: words }' }, 'description: none -> words'],
    [
      { sinks: '  sinks: [{ live: {} }, { kafka: { topic: out } }]' },
      'sinks.kafka:out: none -> { kafka: { topic: out, delivery: at-least-once } }',
    ],
    [
      { sinks: '  sinks: [{ live: {} }, { metrics: { name: x, value: total } }, { metrics: { name: y, value: n } }]' },
      'sinks.metrics:x: none -> { metrics: { name: x, value: total, maxSeries: 100, ttl: 1d } }',
      'sinks.metrics:y: none -> { metrics: { name: y, value: n, maxSeries: 100, ttl: 1d } }',
    ],
    [{ emit: '  emit: { on: both, every: 2s }' }, 'emit.every: 1s -> 2s'],
    [{ late: '  late: { topic: late }' }, 'late: drop -> { topic: late }'],
    [
      { source: '  source: { topic: in, format: json, partitions: 9, time: { field: at } }' },
      'source.partitions: 4 -> 9',
    ],
  ])('that keeps the meaning of state is compatible: %p', (replaced, ...texts) => {
    const change = changed(replaced);
    expect(change.verdict).toBe('compatible');
    expect(textsOf(change)).toEqual(texts);
  });

  it.each<[Replaced, string]>([
    [{ source: '  source: { topic: in2, format: json, time: { field: at } }' }, 'source.topic: in -> in2'],
    [{ where: '  where: x != 1' }, 'where: x != null -> x != 1'],
    [{ derive: '  derive: { twice: x * 3 }' }, 'derive.twice: x * 2 -> x * 3'],
    [{ key: '  key: [k, j]' }, 'key: ["k"] -> ["k","j"]'],
    [{ window: '  window: { kind: tumbling, size: 1m, grace: 90s }' }, 'window.grace: 0s -> 90s'],
    [{ aggregate: '  aggregate: { total: sum(x), n: count(), top: max(x) }' }, 'aggregate.top: none -> max(x)'],
    [{ aggregate: '  aggregate: { n: count(), total: sum(x) }' }, 'order of aggregate: total, n -> n, total'],
    [{ late: '  late: { amend: 1d }' }, 'late: drop -> { amend: 1d }'],
  ])('that gives state another meaning needs a rebuild: %p', (replaced, text) => {
    const change = changed(replaced);
    expect(change.verdict).toBe('rebuild');
    expect(textsOf(change)).toEqual([text]);
    expect(change.changes[0]!.needsRebuild).toBe(true);
  });

  it('says of each of several changes whether it is the one that needs the rebuild', () => {
    const { verdict, changes } = changed({ where: undefined, emit: '  emit: { on: close, every: 1s }' });
    expect(verdict).toBe('rebuild');
    expect(changes.map(({ part, needsRebuild }) => [part, needsRebuild])).toEqual(
      [
        ['emit.on', false],
        ['where', true],
      ].sort(([a], [b]) => changes.findIndex(({ part }) => part === a) - changes.findIndex(({ part }) => part === b)),
    );
  });

  it('names sinks and columns, so that one that is added is no change of the others', () => {
    const sink = (columns: string): string =>
      `  sinks: [{ cassandra: { table: a.b, columns: { k: key.k, at: window.start, ${columns} } } }, { live: {} }]`;
    const change = changed({ sinks: sink('sum: total') }, { sinks: sink('total: total') });
    expect(change.verdict).toBe('compatible');
    expect(textsOf(change)).toEqual([
      'sinks.cassandra:a.b.cassandra.columns.total: total -> none',
      'sinks.cassandra:a.b.cassandra.columns.sum: none -> total',
    ]);
  });

  it('says so when the deployed definition is not known, or does not show what was changed', () => {
    const pipeline = compiled();
    expect(plannedChange(pipeline, { ...decided, fingerprint: 'other' })).toMatchObject({
      verdict: 'rebuild',
      note: expect.stringContaining('was not recorded') as string,
    });
    expect(plannedChange(pipeline, { ...decided, fingerprint: pipeline.fingerprint }).verdict).toBe('unchanged');
    const unseen = { ...decided, fingerprint: 'other', definition: deployedText(pipeline) };
    expect(plannedChange(pipeline, unseen)).toMatchObject({ verdict: 'rebuild', changes: [] });
    expect(plannedChange(pipeline, unseen).note).toContain('schema');
  });

  it('tells versions of functions that were changed', () => {
    const before = compiled();
    const inForce = { ...decided, fingerprint: 'f1', definition: deployedText({ ...before, versions: { f: 1 } }) };
    const { changes } = plannedChange({ ...before, fingerprint: 'f2', versions: { f: 2 } }, inForce);
    expect(changes).toEqual([{ part: 'version of f', before: '1', after: '2', needsRebuild: true }]);
  });
});
