import { KafkaTransactionalRowSink } from '../../../src/adapters/kafka/kafka-transactional-row-sink';
import { MemoryTransactionLog } from '../../../src/adapters/memory/memory-transaction-log';
import { faultsOf, type ShownRecord } from '../../support/output-topic';
import { compiledWith, type Reading } from '../../support/pipelines';
import { RunnerHarness } from '../../support/runner-harness';
import { waitUntil } from '../../support/wait-until';

const at = (second: number, key = 'a'): Reading => ({ key, at: second, x: 1 });
const utf8 = new TextDecoder();

describe('a pipeline with an exactly-once topic', () => {
  let harness: RunnerHarness;
  const shown = (): ShownRecord[] =>
    harness.log.read('out', 0, 0n, 1_000).records.map(({ key, value }) => ({
      key: utf8.decode(key),
      value: utf8.decode(value),
    }));
  const counts = (): number[] => shown().map(({ value }) => (JSON.parse(value) as { values: { n: number } }).values.n);
  const expectNoFault = (): void => {
    const { double, backwards } = faultsOf(shown());
    expect({ double, backwards }).toEqual({ double: [], backwards: [] });
  };

  beforeEach(async () => {
    harness = new RunnerHarness(compiledWith({ checkpoint: { interval: '10ms' } }));
    await harness.createTopic();
    await harness.log.ensure([{ topic: 'out', partitions: 1, purpose: 'output' }]);
    harness.exactSink = new KafkaTransactionalRowSink(new MemoryTransactionLog(harness.log), 'out');
  });
  afterEach(() => harness.end());

  it('shows rows with the task, and the offset of the input in a group of its own', async () => {
    await harness.own();
    await harness.produce(at(1), at(2));
    await waitUntil('the row is shown', () => counts().at(-1) === 2);
    const [offset] = await harness.log.mirrored('test.out', harness.topic);
    expect(offset?.nextOffset).toBe(2n);
    const [record] = harness.log.read('out', 0, 0n, 1).records;
    expect(record?.headers).toMatchObject({ 'millrace-task': 'test:0', 'millrace-revision': expect.any(String) });
  });

  it('shows no row before the table has it', async () => {
    await harness.own();
    harness.sinkAway = 'the table is away';
    await harness.produce(at(1));
    await waitUntil('the table is asked', () => harness.refusals > 1);
    expect(shown()).toEqual([]);
    harness.sinkAway = undefined;
    await waitUntil('the row is shown', () => counts().length === 1);
  });

  it('shows nothing again when the store forgets several commits', async () => {
    const owner = await harness.own();
    await harness.produce(at(1));
    await waitUntil('the first row is shown', () => counts().at(-1) === 1);
    harness.store.forgetting = true;
    for (let n = 2; n <= 4; n++) {
      await harness.produce(at(n));
      await waitUntil(`row ${n} is shown`, () => counts().at(-1) === n);
    }
    expect(harness.store.forgotten).toBeGreaterThanOrEqual(3);
    harness.store.forgetting = false;
    await harness.produce(at(5));
    await waitUntil('the owner starts again from what is left', () => owner.events.includes('task.fenced'));
    harness.clock.ms += 60_000;
    await waitUntil('the last row is shown', () => counts().at(-1) === 5);
    expectNoFault();
    expect(counts()).toEqual([1, 2, 3, 4, 5]);
  });

  it('shows nothing of an owner that another one follows', async () => {
    const zombie = await harness.own();
    await harness.produce(at(1));
    await waitUntil('the first row is shown', () => counts().at(-1) === 1);
    zombie.expelled = true;
    await harness.own();
    await harness.produce(at(2), at(3));
    await waitUntil('the zombie is fenced', () => zombie.events.includes('task.fenced'));
    await waitUntil('the new owner has counted', () => counts().at(-1) === 3);
    expectNoFault();
  });

  it('shows rows of a new generation after a loss of all state, with greater revisions', async () => {
    const first = await harness.own();
    await harness.produce(at(1), at(2));
    await waitUntil('the row is shown', () => counts().at(-1) === 2);
    await waitUntil(
      'the offset is mirrored',
      async () => (await harness.log.mirrored('test', harness.topic))[0]?.nextOffset === 2n,
    );
    first.runner.stop();
    harness.loseState();
    const before = shown().length;
    await harness.own();
    await waitUntil('the row is shown anew', () => shown().length > before && counts().at(-1) === 2);
    expectNoFault();
  });
});
