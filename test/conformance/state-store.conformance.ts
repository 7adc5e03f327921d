import fc from 'fast-check';

import { FencedError } from '../../src/core/errors';
import type { FeedEntry, LiveFeed } from '../../src/core/ports/live-feed.port';
import type { EntryRef, StateStore } from '../../src/core/ports/state-store.port';
import { sinkSegment } from '../../src/core/task/own-segments';
import type { TaskId } from '../../src/core/task/task-id';
import { shuffleName } from '../../src/core/repartition/names';
import { bytes, delta, deployed, plain, progress } from '../support/store-samples';
import { StoreOwner } from '../support/store-owner';

export interface StateStoreUnderTest {
  readonly store: StateStore;
  readonly feed: LiveFeed;
  /** A task that no other test uses. */
  task(): TaskId;
}

/** What every state store must do; run on the twin and on the real server. */
export function describeStateStore(name: string, create: () => Promise<StateStoreUnderTest>): void {
  describe(`${name} as a state store`, () => {
    let under: StateStoreUnderTest;
    let task: TaskId;
    beforeAll(async () => void (under = await create()));
    beforeEach(() => void (task = under.task()));

    it('has no checkpoint before the first commit, and all of it afterwards', async () => {
      const owner = await StoreOwner.claim(under.store, task);
      expect(owner.checkpoint).toBeUndefined();
      const pending = [{ segment: 's1', entry: 'हैदराबाद' }];
      const upserts = [
        { segment: 's1', entry: 'हैदराबाद', value: bytes(0, 255, 10) },
        { segment: 's1', entry: 'b', value: bytes(1) },
        { segment: 's2', entry: 'c', value: bytes(2) },
      ];
      await owner.commit(delta({ upserts, pendingAdded: pending }));
      const claim = await under.store.claim(task, 'b');
      expect(claim.epoch).toBeGreaterThan(owner.epoch);
      expect(claim.commits).toBe(1n);
      expect(claim.checkpoint).toMatchObject({ generation: 1_700_000_000_000_000n, progress, pending });
      const segments = [...claim.checkpoint!.segments].sort((a, b) => (a.id < b.id ? -1 : 1));
      expect(segments).toEqual([
        { id: 's1', entries: 2 },
        { id: 's2', entries: 1 },
      ]);
      const refs = [...upserts, { segment: 's1', entry: 'none' }, { segment: 'none', entry: 'x' }];
      expect(plain(await under.store.load(task, refs))).toEqual([[0, 255, 10], [1], [2], undefined, undefined]);
    });

    it('fences every owner but the last, and then changes nothing', async () => {
      const first = await StoreOwner.claim(under.store, task);
      await first.commit(delta({ upserts: [{ segment: 's', entry: 'e', value: bytes(1) }] }));
      const second = await StoreOwner.claim(under.store, task);
      const late = delta({
        progress: { ...progress, nextOffset: 99n, feedId: '99-0' },
        upserts: [{ segment: 's', entry: 'e', value: bytes(9) }],
        droppedSegments: ['s'],
        feed: ['{}'],
      });
      await expect(first.commit(late)).rejects.toBeInstanceOf(FencedError);
      expect(plain(await under.store.load(task, [{ segment: 's', entry: 'e' }]))).toEqual([[1]]);
      expect((await under.store.peek(task))?.progress.nextOffset).toBe(42n);
      expect(await under.feed.read(task, '0-0', 10)).toEqual([]);
      await expect(second.commit(delta())).resolves.toBeUndefined();
    });

    it('tells whose the task is, after which commit', async () => {
      expect(await under.store.standing(task)).toEqual({ epoch: 0n, commits: 0n });
      const owner = await StoreOwner.claim(under.store, task);
      await owner.commit(delta());
      expect(await under.store.standing(task)).toEqual({ epoch: owner.epoch, commits: 1n });
      const { epoch } = await StoreOwner.claim(under.store, task);
      expect(await under.store.standing(task)).toEqual({ epoch, commits: 1n });
    });

    it('takes the same commit twice as one', async () => {
      const owner = await StoreOwner.claim(under.store, task);
      const commit = delta({ progress: { ...progress, feedId: '42-0' }, feed: ['{"a":1}'] });
      await owner.commit(commit);
      await under.store.commit(task, { epoch: owner.epoch, commit: owner.commits }, commit);
      expect(await under.feed.read(task, '0-0', 10)).toHaveLength(1);
    });

    it('fences an owner whose last commit it has forgotten, so that nothing is built on older state', async () => {
      const owner = await StoreOwner.claim(under.store, task);
      await owner.commit(delta({ upserts: [{ segment: 's', entry: 'e', value: bytes(1) }] }));
      owner.commits += 1n;
      const next = delta({ upserts: [{ segment: 's', entry: 'e', value: bytes(3) }] });
      await expect(owner.commit(next)).rejects.toBeInstanceOf(FencedError);
      expect(plain(await under.store.load(task, [{ segment: 's', entry: 'e' }]))).toEqual([[1]]);
    });

    it('keeps what a sink has committed apart from the segments of windows', async () => {
      const owner = await StoreOwner.claim(under.store, task);
      const segment = sinkSegment('kafka:out');
      const kept = { segment, entry: 'sequence', value: bytes(7) };
      await owner.commit(delta({ upserts: [kept, { segment: 's', entry: 'a', value: bytes(1) }] }));
      expect((await under.store.claim(task, 'a')).checkpoint?.segments).toEqual([{ id: 's', entries: 1 }]);
      expect((await under.store.peek(task))?.segments).toEqual([{ id: 's', entries: 1 }]);
      const found: (string | number)[][] = [];
      for await (const entries of under.store.scan(task, segment)) {
        found.push(...entries.map(({ entry, value }) => [entry, ...value]));
      }
      expect(found).toEqual([['sequence', 7]]);
    });

    it('forgets removed entries, dropped segments and cleared pending rows', async () => {
      const owner = await StoreOwner.claim(under.store, task);
      const entries = ['a', 'b'].map((entry) => ({ segment: 's', entry, value: bytes(1) }));
      const other = { segment: 't', entry: 'x', value: bytes(2) };
      const refs = entries.map(({ segment, entry }) => ({ segment, entry }));
      await owner.commit(delta({ upserts: [...entries, other], pendingAdded: refs }));
      await owner.commit(delta({ removals: [refs[0]!], droppedSegments: ['t'], pendingCleared: [refs[1]!] }));
      const { checkpoint } = await under.store.claim(task, 'a');
      expect(checkpoint).toMatchObject({ segments: [{ id: 's', entries: 1 }], pending: [refs[0]] });
      await (await StoreOwner.claim(under.store, task)).commit(delta({ removals: [refs[1]!] }));
      expect((await under.store.peek(task))?.segments).toEqual([]);
    });

    it('takes deltas larger than what one call of the server takes, and scans each entry', async () => {
      const owner = await StoreOwner.claim(under.store, task);
      const upserts = Array.from({ length: 20_000 }, (_, i) => ({
        segment: 's',
        entry: `key-${i}`,
        value: bytes(i % 256),
      }));
      const pendingAdded = upserts.map(({ segment, entry }): EntryRef => ({ segment, entry }));
      await owner.commit(delta({ upserts, pendingAdded }));
      const seen = new Map<string, number>();
      for await (const chunk of under.store.scan(task, 's'))
        for (const { entry, value } of chunk) seen.set(entry, value[0]!);
      expect(seen.size).toBe(20_000);
      expect(seen.get('key-300')).toBe(300 % 256);
      expect((await under.store.claim(task, 'b')).checkpoint!.pending).toHaveLength(20_000);
    });

    it('completes a deployment that knows no number of partitions, once', async () => {
      const { pipeline } = task;
      const older = { generation: 10n, fingerprint: 'f1', repartitioned: true, partitions: undefined };
      expect(await under.store.deploy(pipeline, older)).toEqual(older);
      expect(await under.store.deployment(pipeline)).toEqual(older);
      expect(await under.store.deploy(pipeline, { ...older, partitions: 4 })).toEqual({ ...older, partitions: 4 });
      expect(await under.store.deploy(pipeline, { ...older, partitions: 6 })).toEqual({ ...older, partitions: 4 });
    });

    it('keeps the first deployment until a new generation is started, which drops state and fences owners', async () => {
      const { pipeline } = task;
      const first = { generation: 10n, fingerprint: 'f1', repartitioned: true, partitions: 4 };
      const second = { generation: 30n, fingerprint: 'f2', repartitioned: false, partitions: 6 };
      expect(await under.store.deployment(pipeline)).toBeUndefined();
      expect(await under.store.deploy(pipeline, first)).toEqual(first);
      expect(await under.store.deploy(pipeline, { ...second, generation: 20n })).toEqual(first);
      expect(await under.store.deployment(pipeline)).toEqual(first);
      const owner = await StoreOwner.claim(under.store, task);
      const shuffle = await StoreOwner.claim(under.store, { ...task, pipeline: shuffleName(pipeline) });
      await owner.commit(delta({ upserts: [{ segment: 's', entry: 'e', value: bytes(1) }] }));
      await under.store.redeploy(pipeline, second, 1);
      expect(await under.store.deploy(pipeline, first)).toEqual(second);
      await expect(shuffle.commit(delta())).rejects.toBeInstanceOf(FencedError);
      await expect(owner.commit(delta())).rejects.toBeInstanceOf(FencedError);
      expect((await under.store.claim(task, 'b')).checkpoint).toBeUndefined();
      expect(plain(await under.store.load(task, [{ segment: 's', entry: 'e' }]))).toEqual([undefined]);
    });

    it('keeps the newest text of the definition in force, and none of another one', async () => {
      const { pipeline } = task;
      expect(await under.store.deployment(pipeline)).toBeUndefined();
      const first = deployed(10n, 'f1');
      expect(await under.store.deploy(pipeline, first)).toEqual(first);
      await under.store.deploy(pipeline, deployed(20n, 'f2', 'other'));
      expect(await under.store.deployment(pipeline)).toEqual(first);
      const known = await under.store.deploy(pipeline, deployed(20n, 'f1', 'text'));
      expect(known).toEqual({ ...first, definition: 'text' });
      expect(await under.store.deployment(pipeline)).toEqual(known);
    });

    it('holds what a map would hold after any sequence of commits', async () => {
      const entry = fc.record({ segment: fc.constantFrom('s', 't'), entry: fc.constantFrom('a', 'b', 'c') });
      const change = fc.record({
        upserts: fc.array(fc.record({ ref: entry, value: fc.uint8Array({ minLength: 1, maxLength: 4 }) }), {
          maxLength: 4,
        }),
        removals: fc.array(entry, { maxLength: 2 }),
        dropped: fc.subarray(['s', 't']),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(change, { maxLength: 6 }), async (changes) => {
          const subject = under.task();
          const owner = await StoreOwner.claim(under.store, subject);
          const model = new Map<string, number[]>();
          for (const { upserts, removals, dropped } of changes) {
            for (const { ref, value } of upserts) model.set(`${ref.segment}/${ref.entry}`, [...value]);
            for (const ref of removals) model.delete(`${ref.segment}/${ref.entry}`);
            for (const key of [...model.keys()]) if (dropped.includes(key[0]!)) model.delete(key);
            const writes = upserts.map(({ ref, value }) => ({ ...ref, value }));
            await owner.commit(delta({ upserts: writes, removals, droppedSegments: dropped }));
          }
          const refs = ['s', 't'].flatMap((segment) => ['a', 'b', 'c'].map((e) => ({ segment, entry: e })));
          const expected = refs.map(({ segment, entry: e }) => model.get(`${segment}/${e}`));
          expect(plain(await under.store.load(subject, refs))).toEqual(expected);
        }),
        { numRuns: 40 },
      );
    });
  });

  describe(`${name} as a live feed`, () => {
    let under: StateStoreUnderTest;
    let task: TaskId;
    beforeAll(async () => void (under = await create()));
    beforeEach(() => void (task = under.task()));

    const commitRow = (owner: StoreOwner, feedId: string, row: string): Promise<void> =>
      owner.commit(delta({ progress: { ...progress, feedId }, feed: [row] }));

    it('gives the entries after an id, oldest first, and says what it keeps', async () => {
      const owner = await StoreOwner.claim(under.store, task);
      expect(await under.feed.extent(task)).toEqual({ oldest: '0-0', newest: '0-0' });
      for (const id of ['9-0', '10-0', '10-1']) await commitRow(owner, id, `{"id":"${id}"}`);
      const entries = await under.feed.read(task, '9-0', 10);
      expect(entries.map(({ id }) => id)).toEqual(['10-0', '10-1']);
      expect(entries[0]).toEqual({ partition: task.partition, id: '10-0', rows: ['{"id":"10-0"}'] });
      expect(await under.feed.extent(task)).toEqual({ oldest: '9-0', newest: '10-1' });
      expect(await under.feed.read(task, '0-0', 1)).toHaveLength(1);
    });

    it('follows what is committed to several tasks from then on, in order, until it is told to stop', async () => {
      const other = under.task();
      const owners = [await StoreOwner.claim(under.store, task), await StoreOwner.claim(under.store, other)];
      for (const owner of owners) await commitRow(owner, '1-0', '{"n":0}');
      const stop = new AbortController();
      const seen: Record<string, number[]> = { first: [], second: [] };
      let offset = 2;
      const following = new Promise<void>((resolve, reject) => {
        const onEntries = (entries: readonly FeedEntry[]): void => {
          for (const { id, rows } of entries) seen[rows[0]!]?.push(Number(id.split('-')[0]));
          if (Object.values(seen).every(({ length }) => length >= 3)) stop.abort();
        };
        under.feed.follow([task, other], onEntries, stop.signal).then(resolve, reject);
      });
      const feedUntilSeen = async (): Promise<void> => {
        for (; !stop.signal.aborted; offset++) {
          await commitRow(owners[0]!, `${offset}-0`, 'first');
          await commitRow(owners[1]!, `${offset}-0`, 'second');
        }
      };
      await Promise.all([following, feedUntilSeen()]);
      for (const [from = 0, ...rest] of Object.values(seen)) {
        expect(rest.slice(0, 2)).toEqual([from + 1, from + 2]);
      }
    });
  });
}
