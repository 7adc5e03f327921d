import type { CompiledPipeline } from '../../../src/core/pipeline/compiled-pipeline';
import { repartitionTopic, shuffleName } from '../../../src/core/repartition/names';
import { compiledWith, type Reading } from '../../support/pipelines';
import { StoreOwner } from '../../support/store-owner';
import { Upgrade } from '../../support/upgrade';

const doubled = (repartition: string): CompiledPipeline =>
  compiledWith({ derive: { x2: 'x * 2.0' }, aggregate: { total: 'sum(x2)' }, repartition });

/** Of one key in both partitions. */
const readings = (...seconds: number[]): Reading[] => seconds.map((at) => ({ key: 'a', at, x: 1 }));

const begun = (repartition: string): Promise<Upgrade> =>
  new Upgrade(compiledWith({ repartition }), 2).begin(...readings(1, 2, 11, 12));

describe('a rebuild whose key is not the message key', () => {
  it.each(['never', 'always'])('shuffles all records anew beside a version with repartition: %s', async (before) => {
    const upgrade = await begun(before);
    const { stateStore, topics } = upgrade.ports;
    const next = await upgrade.rebuild(doubled('always'));
    expect(upgrade.table()).toEqual({ 0: 4, 10: 4 });
    expect(await stateStore.deployment('test')).toEqual(next);
    expect(next.repartitioned).toBe(true);
    const topic = repartitionTopic('test', next.generation);
    const ends = await topics.extents(topic);
    for (const partition of [0, 1]) {
      const shuffle = await StoreOwner.claim(stateStore, { pipeline: shuffleName('test'), partition });
      expect(shuffle.checkpoint).toMatchObject({ generation: next.generation, progress: { nextOffset: 2n } });
      const owner = await StoreOwner.claim(stateStore, { pipeline: 'test', partition });
      const nextOffset = owner.checkpoint!.progress.nextOffset;
      expect(owner.checkpoint).toMatchObject({ generation: next.generation, pending: [] });
      expect(ends.get(partition)!.end).toBe(nextOffset);
    }
  });

  it('leaves no shuffle behind where the new version needs none', async () => {
    const upgrade = await begun('always');
    const { stateStore } = upgrade.ports;
    const shuffle = await StoreOwner.claim(stateStore, { pipeline: shuffleName('test'), partition: 0 });
    const next = await upgrade.rebuild(compiledWith({ key: ['key'], repartition: 'never', where: 'x > 5.0' }));
    expect(next.repartitioned).toBe(false);
    const after = await stateStore.claim({ pipeline: shuffleName('test'), partition: 0 }, 'late');
    expect(after.epoch).toBeGreaterThan(shuffle.epoch + 1n);
    expect(after.checkpoint).toBeUndefined();
  });

  it('sees for itself, from the newest records, whether it has to shuffle', async () => {
    const upgrade = await begun('never');
    await upgrade.ports.producer.send('readings', [
      { key: 'other', value: '{"key":"a","t":1600000013000,"x":1}', partition: 0 },
    ]);
    const next = await upgrade.rebuild(doubled('auto'));
    expect(next.repartitioned).toBe(true);
    expect(upgrade.table()).toEqual({ 0: 4, 10: 6 });
  });

  it('removes the topic of a rebuild that was given up', async () => {
    const upgrade = await begun('always');
    const { stateStore, topics } = upgrade.ports;
    upgrade.onWrite = () => upgrade.giveUp.abort();
    await expect(upgrade.rebuild(doubled('always'))).rejects.toThrow();
    const left = repartitionTopic('test', (await stateStore.deployment('test'))!.rebuilding!);
    expect(await topics.partitionCount(left)).toBe(2);
    upgrade.onWrite = () => undefined;
    await upgrade.rebuild(doubled('always'), { signal: new AbortController().signal });
    expect(await topics.partitionCount(left)).toBeUndefined();
    expect(upgrade.table()).toEqual({ 0: 4, 10: 4 });
  });
});

it('is refused beside a running version where a topic shows each row once', async () => {
  const upgrade = await new Upgrade().begin(...readings(1, 11));
  const exactly = compiledWith({
    ...{ derive: { x2: 'x * 2.0' }, aggregate: { total: 'sum(x2)' } },
    sinks: [{ kafka: { topic: 'rows', delivery: 'exactly-once' } }],
  });
  const members = jest.spyOn(upgrade.ports.topics, 'memberCount');
  members.mockImplementation((group) => Promise.resolve(group === shuffleName('test') ? 1 : 0));
  await expect(upgrade.rebuild(exactly)).rejects.toThrow('writes topic rows exactly once');
  members.mockResolvedValue(0);
  const next = await upgrade.rebuild(exactly);
  expect(await upgrade.ports.stateStore.deployment('test')).toEqual(next);
});
