import { KafkaDeadLetterSink } from '../../../../src/adapters/kafka/kafka-dead-letter-sink';
import { MemoryTopicReader } from '../../../../src/adapters/memory/memory-topic-reader';
import type { JsonObject } from '../../../../src/core/task/merge-patch';
import { replayLetters, type ReplaySummary } from '../../../../src/runtime/dead-letters/replay-letters';
import { memorySchemas } from '../../../support/memory-schemas';
import { compiledWith, EPOCH_MS } from '../../../support/pipelines';
import { type Owner, RunnerHarness } from '../../../support/runner-harness';
import { waitUntil } from '../../../support/wait-until';

const SPEC = {
  ...{ onPoison: 'park', checkpoint: { interval: '10ms' }, errorBudget: { share: 1 } },
  ...{ aggregate: { n: 'count()', total: 'sum(x)' }, window: { kind: 'count', size: 2 } },
};
const NONE = { replayed: 0, released: 0, before: 0, inDoubt: 0, gone: 0, notPatched: 0, more: false };

describe('a replay of the letters of a parked key', () => {
  let harness: RunnerHarness;
  let owner: Owner;
  let written = 0;

  beforeEach(async () => {
    written = 0;
    harness = new RunnerHarness(compiledWith(SPEC));
    await harness.createTopic();
    await harness.log.ensure([{ topic: `${harness.topic}.dead`, partitions: 1, purpose: 'dead' }]);
    owner = await harness.own();
  });
  afterEach(() => harness.end());

  const produce = async (key: string, ...xs: unknown[]): Promise<void> => {
    const records = xs.map((x) => ({ key, value: JSON.stringify({ key, t: EPOCH_MS, x }) }));
    await harness.log.send(harness.topic, records);
  };
  const parked = (): unknown => owner.runner.status().tasks[0]?.parked;
  const committed = (offset: bigint): Promise<unknown> =>
    waitUntil(`offset ${offset} is committed`, async () => {
      const checkpoint = await harness.store.peek({ pipeline: 'test', partition: 0 });
      return checkpoint?.progress.nextOffset === offset;
    });
  const replay = async (patch?: JsonObject): Promise<ReplaySummary> => {
    const { log, ledger, store } = harness;
    const { schemas } = memorySchemas();
    const letters = harness.deadLetters.slice(written);
    written = harness.deadLetters.length;
    await new KafkaDeadLetterSink(log).write(letters, new AbortController().signal);
    const ports = {
      topics: log,
      topicReader: new MemoryTopicReader(log),
      producer: log,
      ledger,
      stateStore: store,
      schemas,
    };
    return replayLetters(harness.pipeline, { pipeline: 'test', limit: 100, ...(patch && { patch }) }, ports);
  };
  const totals = (): Record<string, unknown> =>
    Object.fromEntries(
      harness.tables.rows('test').map(({ key, window, values }) => [`${String(key['key'])}${window?.index}`, values]),
    );

  it('lets the records of the key go in their order while other keys have gone on, and those that come later follow', async () => {
    await produce('a', 1, 'bad', 3);
    await produce('b', 10, 20);
    await produce('a', 4);
    await committed(6n);
    await waitUntil('the row of the other key is there', () => totals()['b0'] !== undefined);
    expect(totals()).toMatchObject({ a0: { n: 1, total: 1 }, b0: { n: 2, total: 30 } });
    expect(parked()).toEqual({ keys: 1, records: 3, first: ['a'] });
    expect(await replay({ x: 2 })).toEqual({ ...NONE, released: 1 });
    await produce('a', 5);
    await committed(8n);
    expect(parked()).toEqual({ keys: 0, records: 0, first: [] });
    await waitUntil('all rows are there', () => Object.keys(totals()).length === 4);
    expect(totals()).toEqual({
      ...{ a0: { n: 2, total: 3 }, a1: { n: 2, total: 7 }, a2: { n: 1, total: 5 } },
      b0: { n: 2, total: 30 },
    });
    expect(await replay({ x: 2 })).toEqual({ ...NONE, before: 1 });
  });

  it('keeps a key parked whose record is still bad, says so in a letter, and takes the next replay', async () => {
    await produce('a', 'bad', 2);
    await committed(2n);
    expect(await replay()).toMatchObject({ released: 1 });
    await committed(3n);
    expect(harness.deadLetters.map(({ record }) => record.offset)).toEqual([0n, 0n]);
    expect(parked()).toMatchObject({ records: 2 });
    expect(await replay({ x: 1 })).toMatchObject({ released: 1 });
    await committed(4n);
    await waitUntil('the row is there', () => (totals()['a0'] as { n: number } | undefined)?.n === 2);
    expect(totals()).toEqual({ a0: { n: 2, total: 3 } });
  });

  it('does not put right a bad record that nobody has asked to', async () => {
    await produce('a', 'bad', 2, 'worse');
    await committed(3n);
    const [first] = harness.deadLetters.splice(0, 2);
    harness.deadLetters.push(first!);
    expect(await replay({ x: 1 })).toMatchObject({ released: 1 });
    await committed(4n);
    expect(parked()).toMatchObject({ records: 1 });
    expect(harness.deadLetters.at(-1)?.record.offset).toBe(2n);
  });

  it('refuses a patch that would move a record to another key', async () => {
    await produce('a', 'bad');
    await committed(1n);
    await replay({ key: 'b', x: 1 });
    await committed(2n);
    expect(harness.deadLetters.at(-1)).toMatchObject({ reason: 'bad-key' });
    expect(parked()).toMatchObject({ records: 1 });
  });
});
