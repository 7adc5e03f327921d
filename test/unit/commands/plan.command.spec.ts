import { MemoryStateStore } from '../../../src/adapters/memory/memory-state-store';
import { plan, planWith, type PlanOptions } from '../../../src/commands/plan.command';
import { loadConfig } from '../../../src/config/config';
import { deployedText } from '../../../src/core/plan/deployed-definition';
import { catalogOf } from '../../../src/runtime/pipeline-catalog';
import { compiled, pipelineText } from '../core/pipeline/pipeline-text';

type Replaced = Parameters<typeof pipelineText>[0];

/** A store where the given version of pipeline `p` is in force. */
async function storeWith(replaced: Replaced = {}): Promise<MemoryStateStore> {
  const store = new MemoryStateStore();
  const before = compiled(replaced);
  const { fingerprint } = before;
  await store.deploy('p', {
    generation: 2n,
    fingerprint,
    repartitioned: false,
    partitions: 4,
    definition: deployedText(before),
  });
  return store;
}

async function planned(texts: readonly string[], store: MemoryStateStore, options: PlanOptions = {}) {
  const catalog = catalogOf(texts.map((text, i) => ({ path: `f${i}.yaml`, text })));
  const out: string[] = [];
  const exitCode = await planWith(catalog, options, store, { out: (line) => void out.push(line) });
  return { exitCode, out };
}

describe('plan', () => {
  it.each<[string, Replaced, string[]]>([
    ['nothing', {}, ['p: unchanged']],
    [
      'what leaves the state as it is',
      { emit: '  emit: { on: close, every: 1s }', metadata: 'metadata: { name: p, description: words }' },
      [
        'p: compatible: state is kept; restart with the new definition',
        '  + description: words',
        '  ~ emit.on: both -> close',
      ],
    ],
    [
      'an added sink',
      { sinks: '  sinks: [{ live: {} }, { kafka: { topic: out } }]' },
      [
        'p: compatible: state is kept; restart with the new definition',
        '  + sinks.kafka:out: { kafka: { topic: out, delivery: at-least-once } }',
        '  what is added to sinks gets rows that change from then on; to fill it with those of before: millrace rebuild',
      ],
    ],
    [
      'a filter that is gone, and a sink',
      { where: undefined, sinks: '  sinks: [{ kafka: { topic: out } }]' },
      [
        'p: needs a rebuild: its state would have another meaning',
        '  - where: x != null (rebuild)',
        '  - sinks.live: { live: {} }',
        '  + sinks.kafka:out: { kafka: { topic: out, delivery: at-least-once } }',
        '  then: millrace rebuild p --file FILE',
      ],
    ],
    [
      'the order of aggregates',
      { aggregate: '  aggregate: { n: count(), total: sum(x) }' },
      [
        'p: needs a rebuild: its state would have another meaning',
        '  ~ order of aggregate: total, n -> n, total (rebuild)',
        '  then: millrace rebuild p --file FILE',
      ],
    ],
  ])('tells what it takes to change %s', async (_what, replaced, lines) => {
    const { exitCode, out } = await planned([pipelineText(replaced)], await storeWith());
    expect(out).toEqual(lines);
    expect(exitCode).toBe(0);
  });

  it('tells of a pipeline that was never deployed', async () => {
    expect((await planned([pipelineText()], new MemoryStateStore())).out).toEqual([
      'p: new: it begins at its first start',
    ]);
  });

  it('tells that a rebuild was begun and has not taken over', async () => {
    const store = await storeWith();
    await store.begin('p', 4n, 1);
    expect((await planned([pipelineText()], store)).out.at(-1)).toContain('a rebuild was begun');
  });

  it('ends with 1 where one is refused, and tells of the others', async () => {
    const wrong = pipelineText({ metadata: 'metadata: { name: q }', emit: '  emit: { on: updates }' });
    const { exitCode, out } = await planned([pipelineText(), wrong], await storeWith());
    expect(exitCode).toBe(1);
    expect(out).toEqual([
      'p: unchanged',
      'f1: refused',
      expect.stringContaining('spec.emit.on: unknown value "updates"'),
    ]);
  });

  it('refuses two pipelines of one name', async () => {
    const { exitCode, out } = await planned([pipelineText(), pipelineText()], await storeWith());
    expect(exitCode).toBe(1);
    expect(out.filter((line) => line.endsWith(': refused'))).not.toEqual([]);
  });

  it('ends with 4 on request where one needs a rebuild', async () => {
    const options = { detailedExitCode: true };
    const changed = pipelineText({ where: undefined });
    expect((await planned([changed], await storeWith(), options)).exitCode).toBe(4);
    expect((await planned([pipelineText()], await storeWith(), options)).exitCode).toBe(0);
  });

  it('prints the same as JSON', async () => {
    const { out } = await planned([pipelineText({ where: undefined })], await storeWith(), { json: true });
    expect(JSON.parse(out.join('\n'))).toEqual([
      {
        ...{ pipeline: 'p', verdict: 'rebuild', unfinishedRebuild: false },
        changes: [{ part: 'where', before: 'x != null', needsRebuild: true }],
      },
    ]);
  });

  it('says which file cannot be read', async () => {
    const io = { readFile: () => Promise.reject(new Error('no such file')) } as never;
    await expect(plan(['none.yaml'], {}, loadConfig({}), io)).rejects.toThrow(
      'none.yaml: cannot be read: no such file',
    );
  });
});
