import { messageOf } from '../../../src/core/errors';
import type { PartitionExtent } from '../../../src/core/ports/record-source.port';
import { LogCheck, type LogCheckOptions } from '../../../src/runtime/log-check';
import type { Forward } from '../../../src/runtime/shuffle/forward';
import { compiledWith } from '../../support/pipelines';
import { RunnerHarness } from '../../support/runner-harness';
import { waitUntil } from '../../support/wait-until';

describe('the check of the log', () => {
  let found: number | undefined;
  let extent: PartitionExtent;
  let position: bigint | undefined;
  let failures: string[];
  let waits: (string | undefined)[];
  let ends: bigint[];
  /** Called while the broker thinks about its answer. */
  let meanwhile: () => void;
  let check: LogCheck;

  const checkOf = (pipeline = compiledWith(), reader: Partial<LogCheckOptions> = {}): LogCheck => {
    const runner = {
      get position() {
        return position;
      },
      sawEnd: (logEnd: bigint) => void ends.push(logEnd),
      fail: (error: unknown) => void failures.push(messageOf(error)),
      waitsFor: (reason: string | undefined) => void waits.push(reason),
    };
    const topics = {
      partitionCount: () => Promise.resolve(found),
      extents: () => {
        meanwhile();
        return Promise.resolve(new Map([[3, extent]]));
      },
    };
    return new LogCheck({
      ...{ pipeline, topics, topic: 'readings', runners: new Map([[3, runner]]), partitions: 4 },
      ...reader,
    } as unknown as LogCheckOptions);
  };

  beforeEach(() => {
    [found, extent, position] = [4, { earliest: 0n, end: 10n }, 10n];
    [failures, waits, ends, meanwhile] = [[], [], [], () => undefined];
    check = checkOf();
  });

  it('is content with a task within its log', async () => {
    await check.run();
    expect([failures, waits]).toEqual([[], []]);
  });

  it('tells the task where the log ends, so that its lag is seen while nothing is delivered', async () => {
    extent = { earliest: 0n, end: 2_000n };
    await check.run();
    expect(ends).toEqual([2_000n]);
  });

  it('fails tasks whose keys have moved to added partitions', async () => {
    found = 5;
    await check.run();
    expect(failures).toEqual([expect.stringMatching(/had 4 partitions .* and has 5: keys have moved/)]);
  });

  it('does not mind partitions that are added where there are no keys', async () => {
    found = 5;
    await checkOf(compiledWith({ key: undefined, window: undefined, aggregate: undefined })).run();
    expect(failures).toEqual([]);
  });

  it.each<[string, Partial<LogCheckOptions>, string]>([
    ['the source of a repartitioned pipeline', { forward: {} as Forward }, 'Restart the service everywhere'],
    ['a repartition topic', { topic: 'test.1.repartition' }, 'millrace reset test --to earliest'],
  ])('fails tasks when partitions are added to %s, with a remedy of its own', async (_, reader, remedy) => {
    found = 5;
    await checkOf(compiledWith(), reader).run();
    expect(failures).toEqual([expect.stringContaining(remedy)]);
  });

  it('fails a task behind which the log was made anew, and one whose next records are deleted', async () => {
    position = 11n;
    await check.run();
    [extent, position] = [{ earliest: 5n, end: 10n }, 4n];
    await check.run();
    expect(failures).toEqual([expect.stringContaining('cut short'), expect.stringContaining('retention deleted')]);
  });

  it('takes no records for lost that came, or were read and then deleted, while the broker was asked', async () => {
    meanwhile = () => (position = 12n);
    await check.run();
    [extent, position] = [{ earliest: 12n, end: 20n }, 11n];
    await check.run();
    expect(failures).toEqual([]);
  });

  it('makes tasks wait for a topic that is gone, once, until it is there again', async () => {
    found = undefined;
    await check.run();
    expect(check.topicIsGone).toBe(true);
    found = 4;
    await check.run();
    await check.run();
    expect(check.topicIsGone).toBe(false);
    expect(waits.at(0)).toMatch(/Topic readings is not there/);
    expect(waits.slice(1)).toEqual([undefined]);
  });

  it('forgets a task that was not claimed when the broker was asked', async () => {
    position = undefined;
    extent = { earliest: 5n, end: 10n };
    await check.run();
    expect(failures).toEqual([]);
  });
});

describe('a pipeline whose topic has more partitions than when it was deployed', () => {
  it('is refused with a remedy, also after a restart', async () => {
    const harness = new RunnerHarness(compiledWith({ checkpoint: { interval: '10ms' } }));
    await harness.createTopic();
    const { fingerprint } = harness.pipeline;
    await harness.store.deploy('test', { generation: 10n, fingerprint, repartitioned: false, partitions: 0 });
    const owner = await harness.own();
    await waitUntil('the task has failed', () => owner.events.includes('task.failed'));
    expect(owner.runner.status().reason).toMatch(/had 0 partitions when test was deployed and has 1/);
    await harness.end();
  });
});
