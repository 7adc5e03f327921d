import { replayLetters } from '../../../../src/runtime/dead-letters/replay-letters';
import { MemoryTopicReader } from '../../../../src/adapters/memory/memory-topic-reader';
import { KafkaDeadLetterSink } from '../../../../src/adapters/kafka/kafka-dead-letter-sink';
import { memorySchemas } from '../../../support/memory-schemas';
import { compiledWith, EPOCH_MS } from '../../../support/pipelines';
import { RunnerHarness } from '../../../support/runner-harness';
import { waitUntil } from '../../../support/wait-until';

const SPEC = {
  checkpoint: { interval: '10ms' },
  aggregate: { n: 'count()', total: 'sum(x)' },
  window: { kind: 'global' },
};

describe('a replay to a running pipeline', () => {
  it('gives the row that right records would have given, once, and touches no pipeline that had them', async () => {
    const [mended, other] = ['mended', 'other'].map((name) => new RunnerHarness(compiledWith(SPEC, name)));
    await mended!.createTopic();
    Object.assign(other!, { log: mended!.log });
    const { log, topic, ledger } = mended!;
    await log.ensure([{ topic: `${topic}.dead`, partitions: 1, purpose: 'dead' }]);
    await log.send(
      topic,
      [1, '2', 3, '4'].map((x) => ({ key: 'a', value: JSON.stringify({ key: 'a', t: EPOCH_MS, x }) })),
    );
    const owners = [await mended!.own(), await other!.own()];
    const totals = (of: RunnerHarness): unknown => of.tables.rows(of.pipeline.name)[0]?.values;
    await waitUntil('two letters are made', () => mended!.deadLetters.length === 2 && other!.deadLetters.length === 2);
    const signal = new AbortController().signal;
    await new KafkaDeadLetterSink(log).write([...mended!.deadLetters, ...other!.deadLetters], signal);

    const ports = {
      topics: log,
      topicReader: new MemoryTopicReader(log),
      producer: log,
      ledger,
      stateStore: mended!.store,
      ...memorySchemas(),
    };
    const options = { pipeline: 'mended', limit: 100, patch: { x: 10 } };
    for (let i = 0; i < 2; i++) await replayLetters(mended!.pipeline, options, ports);
    const position = (owner: (typeof owners)[number]) => owner.runner.status().tasks[0]?.nextOffset;
    await waitUntil('both have read all', () => owners.every((owner) => position(owner) === '6'));
    await Promise.all(owners.map((owner) => owner.runner.flush(5_000)));
    expect(totals(mended!)).toEqual({ n: 4, total: 24 });
    expect(totals(other!)).toEqual({ n: 2, total: 4 });
    expect(owners[1]!.runner.status().tasks[0]?.counts).toEqual({ accepted: 2, filtered: 2, late: 0, dead: 2 });
    await mended!.end();
    await other!.end();
  });
});
