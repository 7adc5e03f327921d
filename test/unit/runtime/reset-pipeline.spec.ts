import { ConfigError } from '../../../src/core/errors';
import { generationAt } from '../../../src/core/generation';
import { resetPipeline, type ResetTarget } from '../../../src/runtime/reset-pipeline';
import { compiledWith, type Reading } from '../../support/pipelines';
import { RunnerHarness } from '../../support/runner-harness';

const newestRecords = () => Promise.resolve([]);
const at = (second: number): Reading => ({ key: 'a', at: second, x: 1 });

async function processed(): Promise<RunnerHarness> {
  const harness = new RunnerHarness(compiledWith());
  await harness.createTopic();
  await harness.produce(at(1), at(2));
  return harness;
}

it.each<[ResetTarget, bigint]>([
  ['earliest', 0n],
  ['latest', 2n],
  [{ timestampMs: 1 }, 2n],
  [{ offsets: new Map([[0, 1n]]) }, 1n],
  [{ offsets: new Map([[0, 2n]]) }, 2n],
])('begins at %p in a new generation, with a checkpoint that says so', async (target, offset) => {
  const { pipeline, log, store, clock } = await processed();
  const { epoch } = await store.claim({ pipeline: 'test', partition: 0 }, 'old owner');
  const before = { generation: 5n, fingerprint: 'another meaning', repartitioned: false, partitions: 1 };
  await store.deploy('test', before);
  const offsets = await resetPipeline(pipeline, target, { topics: log, stateStore: store, clock, newestRecords });
  expect([...offsets.values()]).toEqual([offset]);
  const claim = await store.claim({ pipeline: 'test', partition: 0 }, 'new owner');
  expect(claim.epoch).toBeGreaterThan(epoch);
  expect(claim.checkpoint).toMatchObject({ generation: generationAt(clock.ms), progress: { nextOffset: offset } });
});

it('refuses to move a pipeline that runs', async () => {
  const { pipeline, log, store, clock } = await processed();
  const topics = Object.assign(Object.create(log) as typeof log, { memberCount: () => Promise.resolve(2) });
  const resetting = resetPipeline(pipeline, 'earliest', { topics, stateStore: store, clock, newestRecords });
  await expect(resetting).rejects.toThrow(
    new ConfigError('Pipeline test runs in 2 place(s); stop it everywhere, then reset it'),
  );
});

it.each<[string, readonly [number, bigint][], string]>([
  ['beyond the end', [[0, 3n]], 'partition 0 has 0 to 2, not 3'],
  [
    'of a partition that is not there',
    [
      [0, 1n],
      [7, 0n],
    ],
    'there is no partition 7',
  ],
  ['without one of a partition', [], 'partition 0 is missing (0 to 2)'],
])('refuses offsets %s, saying what there is, and changes nothing', async (_, offsets, message) => {
  const { pipeline, log, store, clock } = await processed();
  const resetting = resetPipeline(
    pipeline,
    { offsets: new Map(offsets) },
    { topics: log, stateStore: store, clock, newestRecords },
  );
  await expect(resetting).rejects.toThrow(message);
  expect(await store.deployment('test')).toBeUndefined();
});

it('gives every generation a greater number, even when the clock went back', () => {
  expect(generationAt(1_000)).toBe(1_000_000n);
  expect(generationAt(1_000, 2_000_000n)).toBe(2_000_002n);
});
