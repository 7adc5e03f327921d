import type { CompiledMetrics, CompiledPipeline } from '../../../../src/core/pipeline/compiled-pipeline';
import type { Clock } from '../../../../src/core/ports/clock.port';
import { sinkSegment } from '../../../../src/core/task/own-segments';
import { MetricsRowSink } from '../../../../src/runtime/row-values/metrics-row-sink';
import { RowValues } from '../../../../src/runtime/row-values/row-values';
import { compiledWith, type Reading } from '../../../support/pipelines';
import { RunnerHarness } from '../../../support/runner-harness';
import { Upgrade } from '../../../support/upgrade';
import { waitUntil } from '../../../support/wait-until';

const TASK = { pipeline: 'test', partition: 0 };
const at = (second: number, x: number, key = 'a'): Reading => ({ key, at: second, x });
const shownBy = (values: RowValues): Record<string, number> =>
  Object.fromEntries([...values.all()].map(({ key, value }) => [key, value]));

const spec = (changes: Record<string, unknown> = {}): CompiledPipeline =>
  compiledWith({
    checkpoint: { interval: '10ms' },
    sinks: [{ live: {} }, { metrics: { name: 'total', value: 'total' } }],
    ...changes,
  });

function sinkOf({ sinks }: CompiledPipeline, shown: RowValues, clock: Clock): MetricsRowSink {
  const compiled = sinks.find((sink): sink is CompiledMetrics => sink.kind === 'metrics')!;
  return new MetricsRowSink(shown, compiled, clock);
}

describe('numbers of a task that changes hands', () => {
  let harness: RunnerHarness;

  /** What the metrics of this process show. */
  const owned = async () => {
    const shown = new RowValues();
    harness.exactSink = sinkOf(harness.pipeline, shown, harness.clock);
    return { owner: await harness.own(), shown };
  };

  beforeEach(async () => {
    harness = new RunnerHarness(spec());
    await harness.createTopic();
  });
  afterEach(() => harness.end());

  it('vanish where it is released, and are there at once where it is claimed', async () => {
    const first = await owned();
    await harness.produce(at(1, 1), at(2, 2, 'b'));
    await waitUntil('both keys are shown', () => Object.keys(shownBy(first.shown)).length === 2);
    await first.owner.consumer.quiesce();
    await first.owner.runner.flush(5_000);
    first.owner.runner.assigned([]);
    expect(shownBy(first.shown)).toEqual({});
    first.owner.runner.stop();
    await first.owner.consumer.stop();
    const second = await owned();
    await waitUntil('the next owner shows them', () => Object.keys(shownBy(second.shown)).length === 2);
    expect(shownBy(second.shown)).toEqual({ a: 1, b: 2 });
  });

  it('vanish where it is fenced, for whoever does not know that it was replaced', async () => {
    const zombie = await owned();
    await harness.produce(at(1, 1));
    await waitUntil('the first number is shown', () => shownBy(zombie.shown)['a'] === 1);
    zombie.owner.expelled = true;
    const next = await owned();
    await harness.produce(at(2, 2));
    await waitUntil('the zombie is fenced', () => zombie.owner.events.includes('task.fenced'));
    expect(shownBy(zombie.shown)).toEqual({});
    await waitUntil('the next owner goes on', () => shownBy(next.shown)['a'] === 3);
  });
});

it('are not shown by a rebuild, but by whoever owns the task once it has taken over', async () => {
  const shown = new RowValues();
  const upgrade = new Upgrade(spec());
  const { clock, sinksOf } = upgrade.ports;
  const ports = {
    ...upgrade.ports,
    sinksOf: async (of: CompiledPipeline) => [...(await sinksOf(of)), sinkOf(of, shown, clock)],
  };
  await upgrade.begin(at(1, 1), at(2, 2), at(11, 4));
  const atWrites: Record<string, number>[] = [];
  upgrade.onWrite = () => void atWrites.push(shownBy(shown));
  const doubled = spec({ derive: { x2: 'x * 2.0' }, aggregate: { total: 'sum(x2)' } });
  await upgrade.rebuild(doubled, { ports });
  // The window that closes is written before the open one.
  expect(atWrites).toEqual([{}, {}]);
  const state = await stateOf(upgrade, 'metrics:total');
  await sinkOf(doubled, shown, clock).openFor({ task: TASK, sourceTopic: 'readings', generation: 0n, state });
  expect(shownBy(shown)).toEqual({ a: 8 });
});

/** What the next owner of the task begins with. */
async function stateOf({ ports: { stateStore } }: Upgrade, sink: string): Promise<ReadonlyMap<string, Uint8Array>> {
  await stateStore.claim(TASK, 'next');
  const state = new Map<string, Uint8Array>();
  for await (const entries of stateStore.scan(TASK, sinkSegment(sink)))
    for (const { entry, value } of entries) state.set(entry, value);
  return state;
}
