import { FencedError } from '../../src/core/errors';
import type { RebuildStore } from '../../src/core/ports/rebuild-store.port';
import { shuffleName } from '../../src/core/repartition/names';
import { shadowOf, type TaskId } from '../../src/core/task/task-id';
import { StoreOwner } from '../support/store-owner';
import { bytes, delta, deployed, plain, progress } from '../support/store-samples';
import type { StateStoreUnderTest } from './state-store.conformance';

export interface RebuildStoreUnderTest extends StateStoreUnderTest {
  readonly rebuilds: RebuildStore;
}

/** What every store of rebuilds must do beside its state store. */
export function describeRebuildStore(name: string, create: () => Promise<RebuildStoreUnderTest>): void {
  describe(`${name} as a store of rebuilds`, () => {
    let under: RebuildStoreUnderTest;
    let task: TaskId;
    beforeAll(async () => void (under = await create()));
    beforeEach(() => void (task = under.task()));

    it('lets a rebuild take over with its state in one step, and fences the owners of both states', async () => {
      const { pipeline, partition } = task;
      await under.store.deploy(pipeline, deployed(10n, 'f1'));
      const shuffle = await StoreOwner.claim(under.store, { pipeline: shuffleName(pipeline), partition });
      await shuffle.commit(delta());
      const old = await StoreOwner.claim(under.store, task);
      await old.commit(delta({ upserts: [{ segment: 'old', entry: 'e', value: bytes(1) }] }));
      await old.commit(delta({ progress: { ...progress, feedId: '42-0' }, feed: ['{"old":1}'] }));
      await under.rebuilds.begin(pipeline, 20n, 2);
      expect((await under.store.deployment(pipeline))?.rebuilding).toBe(20n);
      const shadow = await StoreOwner.claim(under.store, shadowOf(task, 20n));
      const upserts = [{ segment: 'new', entry: 'e', value: bytes(2) }];
      await shadow.commit(delta({ generation: 20n, upserts, pendingAdded: [{ segment: 'new', entry: 'e' }] }));
      await old.commit(delta({ upserts: [{ segment: 'old', entry: 'f', value: bytes(1) }] }));
      const next = deployed(20n, 'f2', 'text');
      await under.rebuilds.swap(pipeline, next, 2);
      await under.rebuilds.swap(pipeline, next, 2);
      expect(await under.store.deployment(pipeline)).toEqual(next);
      await expect(old.commit(delta())).rejects.toBeInstanceOf(FencedError);
      await expect(shadow.commit(delta())).rejects.toBeInstanceOf(FencedError);
      await expect(shuffle.commit(delta())).rejects.toBeInstanceOf(FencedError);
      expect(await under.store.peek({ pipeline: shuffleName(pipeline), partition })).toBeUndefined();
      expect(await under.feed.read(task, '0-0', 10)).toEqual([]);
      const owner = await StoreOwner.claim(under.store, task);
      expect(owner.epoch).toBeGreaterThan(old.epoch);
      expect(owner.checkpoint).toMatchObject({ generation: 20n, segments: [{ id: 'new', entries: 1 }] });
      expect(owner.checkpoint!.pending).toHaveLength(1);
      const refs = [upserts[0]!, { segment: 'old', entry: 'e' }];
      expect(plain(await under.store.load(task, refs))).toEqual([[2], undefined]);
    });

    it('does not let a rebuild take over after a reset or a later rebuild', async () => {
      const { pipeline } = task;
      const first = deployed(10n, 'f1');
      await under.store.deploy(pipeline, first);
      await under.rebuilds.begin(pipeline, 20n, 1);
      const shadow = await StoreOwner.claim(under.store, shadowOf(task, 20n));
      await shadow.commit(delta({ generation: 20n }));
      await under.rebuilds.begin(pipeline, 30n, 1);
      await expect(shadow.commit(delta())).rejects.toBeInstanceOf(FencedError);
      const late = under.rebuilds.swap(pipeline, deployed(20n, 'f2', ''), 1);
      await expect(late).rejects.toBeInstanceOf(FencedError);
      await under.store.redeploy(pipeline, deployed(40n, 'f1'), 1);
      const after = under.rebuilds.swap(pipeline, deployed(30n, 'f2', ''), 1);
      await expect(after).rejects.toBeInstanceOf(FencedError);
      expect(await under.store.deployment(pipeline)).toEqual(deployed(40n, 'f1'));
    });
  });
}
