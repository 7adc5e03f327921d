import type { MemoryLog } from '../../../src/adapters/memory/memory-log';
import type { CompiledPipeline } from '../../../src/core/pipeline/compiled-pipeline';
import { deploy } from '../../../src/runtime/deployment';
import { resetPipeline } from '../../../src/runtime/reset-pipeline';
import { compiledWith, type Reading } from '../../support/pipelines';
import { StoreOwner } from '../../support/store-owner';
import { Upgrade } from '../../support/upgrade';

const at = (second: number, x = 1): Reading => ({ key: 'a', at: second, x });
const TASK = { pipeline: 'test', partition: 0 };

const doubled = (spec: Record<string, unknown> = {}): CompiledPipeline =>
  compiledWith({ derive: { x2: 'x * 2.0' }, aggregate: { total: 'sum(x2)' }, ...spec });

it('computes all rows anew, takes over with their state, and fences the owner before', async () => {
  const upgrade = await new Upgrade().begin(at(1), at(2), at(11), at(12));
  const { stateStore } = upgrade.ports;
  const before = await stateStore.deployment('test');
  const zombie = await stateStore.claim(TASK, 'old');
  const after = doubled();
  const { generation } = await upgrade.rebuild(after);
  expect(upgrade.table()).toEqual({ 0: 4, 10: 4 });
  expect(generation).toBeGreaterThan(before!.generation);
  const inForce = await stateStore.deployment('test');
  expect(inForce).toMatchObject({ generation, fingerprint: after.fingerprint });
  expect(inForce?.rebuilding).toBeUndefined();
  const owner = await StoreOwner.claim(stateStore, TASK);
  expect(owner.epoch).toBeGreaterThan(zombie.epoch + 1n);
  expect(owner.checkpoint).toMatchObject({ generation, pending: [], progress: { nextOffset: 4n } });
  expect(owner.checkpoint!.segments).toHaveLength(1);
  await expect(deploy(after, upgrade.ports)).resolves.toMatchObject({ generation });
  await expect(deploy(upgrade.before, upgrade.ports)).rejects.toThrow('millrace rebuild test --file FILE');
});

it.each(['update', 'close', 'both'])('writes no row of a window that is not complete: emit %s', async (on) => {
  const upgrade = await new Upgrade().begin(at(1), at(2), at(3), at(11), at(12));
  await upgrade.rebuild(doubled({ emit: { on }, checkpoint: { interval: '1ms', maxRows: 1 } }));
  const totals = upgrade.written.map(({ window, values }) => [(window!.startMs % 100_000) / 1000, values?.['total']]);
  const open = [10, 4];
  expect(totals).toEqual(on === 'close' ? [[0, 6]] : [[0, 6], open]);
});

it('writes rows whose state does not fit into memory, too', async () => {
  const keys = Array.from({ length: 300 }, (_, i): Reading => ({ key: `key-${i}`, at: 1, x: 1 }));
  const upgrade = await new Upgrade().begin(...keys);
  await upgrade.rebuild(doubled({ checkpoint: { interval: '1ms', maxRows: 20 } }), { cacheBytes: 2_000 });
  expect(new Set(upgrade.written.map(({ keyText }) => keyText)).size).toBe(300);
});

it('takes records in that come while it runs', async () => {
  const upgrade = await new Upgrade().begin(at(1));
  let produced = false;
  await upgrade.rebuild(doubled(), {
    onProgress: () => {
      if (!produced) void upgrade.produce(at(2), at(11));
      produced = true;
    },
  });
  const { checkpoint } = await StoreOwner.claim(upgrade.ports.stateStore, TASK);
  const next = Number(checkpoint!.progress.nextOffset);
  expect(upgrade.table()).toEqual(next === 1 ? { 0: 2 } : { 0: 4, 10: 2 });
});

it('leaves the version in force as it was when it is given up, and can be done again', async () => {
  const upgrade = await new Upgrade().begin(at(1), at(11));
  const { stateStore } = upgrade.ports;
  const before = await stateStore.deployment('test');
  const owner = await stateStore.claim(TASK, 'old');
  upgrade.onWrite = () => upgrade.giveUp.abort();
  await expect(upgrade.rebuild(doubled())).rejects.toThrow();
  const left = await stateStore.deployment('test');
  expect(left).toEqual({ ...before, rebuilding: left!.rebuilding });
  expect((await stateStore.claim(TASK, 'old')).epoch).toBe(owner.epoch + 1n);
  upgrade.onWrite = () => undefined;
  const { generation } = await upgrade.rebuild(doubled(), { signal: new AbortController().signal });
  expect(generation).toBeGreaterThan(left!.rebuilding!);
  expect(upgrade.table()).toEqual({ 0: 2, 10: 2 });
});

it('does not take over after a reset', async () => {
  const upgrade = await new Upgrade().begin(at(1), at(11));
  upgrade.onWrite = () => resetPipeline(upgrade.before, 'earliest', upgrade.ports).then(() => undefined);
  await expect(upgrade.rebuild(doubled())).rejects.toThrow(/ended/);
  expect((await upgrade.ports.stateStore.deployment('test'))?.fingerprint).toBe(upgrade.before.fingerprint);
});

it('refuses to begin without a deployment, and where the beginning of the log is gone', async () => {
  const upgrade = new Upgrade();
  await expect(upgrade.rebuild(doubled())).rejects.toThrow('Pipeline test is not deployed');
  await upgrade.begin(at(1), at(11), at(12));
  const log = upgrade.ports.topics as MemoryLog;
  const shortened = new Map([[0, { earliest: 1n, end: 3n }]]);
  jest.spyOn(log, 'extents').mockResolvedValue(shortened);
  await expect(upgrade.rebuild(doubled())).rejects.toThrow('partition 0 begins at offset 1');
  expect((await upgrade.ports.stateStore.deployment('test'))?.rebuilding).toBeUndefined();
  await upgrade.rebuild(doubled(), { acceptsLostBeginning: true });
  expect(upgrade.table()).toEqual({ 10: 4 });
});
