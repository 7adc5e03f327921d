import { FatalError, FencedError } from '../../src/core/errors';
import type { SavepointStore, TaskPart } from '../../src/core/ports/savepoint-store.port';
import type { TaskId } from '../../src/core/task/task-id';
import { StoreOwner } from '../support/store-owner';
import { bytes, delta, plain, progress } from '../support/store-samples';
import type { StateStoreUnderTest } from './state-store.conformance';

export interface SavepointStoreUnderTest extends StateStoreUnderTest {
  readonly savepoints: SavepointStore;
}

const GENERATION = 1_700_000_000_000_000n;
/** Several requests of any store. */
const MANY = 2_500;

async function all(parts: AsyncIterable<TaskPart>): Promise<TaskPart[]> {
  const found: TaskPart[] = [];
  for await (const part of parts) found.push(part);
  return found;
}

/** `segment/entry` to value, of all parts. */
function valuesIn(parts: readonly TaskPart[]): Map<string, number[]> {
  const entries = parts.flatMap((part) => (part.kind === 'entries' ? part.entries : []));
  return new Map(entries.map(({ segment, entry, value }) => [`${segment}/${entry}`, [...value]]));
}

/** What every store of savepoints must do beside its state store. */
export function describeSavepointStore(name: string, create: () => Promise<SavepointStoreUnderTest>): void {
  describe(`${name} as a store of savepoints`, () => {
    let under: SavepointStoreUnderTest;
    let task: TaskId;
    beforeAll(async () => void (under = await create()));
    beforeEach(() => void (task = under.task()));

    const stageAll = async (to: TaskId, load: string, parts: readonly TaskPart[]): Promise<void> => {
      for (const part of parts) await under.savepoints.stage(to, load, part);
    };

    it('has nothing of a task without a checkpoint', async () => {
      expect(await all(under.savepoints.copyOf(task))).toEqual([]);
      await StoreOwner.claim(under.store, task);
      expect(await all(under.savepoints.copyOf(task))).toEqual([]);
    });

    it('copies a task as of one commit, whatever is committed while the copy is read', async () => {
      const owner = await StoreOwner.claim(under.store, task);
      const upserts = Array.from({ length: MANY }, (_, i) => ({ segment: 'w', entry: `e${i}`, value: bytes(1) }));
      await owner.commit(delta({ upserts, pendingAdded: [{ segment: 'w', entry: 'e7' }] }));
      const parts: TaskPart[] = [];
      for await (const part of under.savepoints.copyOf(task)) {
        if (parts.push(part) !== 1) continue;
        const changed = upserts.map((upsert) => ({ ...upsert, value: bytes(2) }));
        const added = { segment: 'later', entry: 'x', value: bytes(3) };
        const after = { ...progress, nextOffset: 99n };
        await owner.commit(delta({ upserts: [...changed, added], progress: after }));
      }
      const { epoch } = owner;
      expect(parts[0]).toEqual({ kind: 'task', task: { epoch, commits: 1n, generation: GENERATION, progress } });
      const values = valuesIn(parts);
      expect(values.size).toBe(MANY);
      expect(new Set([...values.values()].map(String))).toEqual(new Set(['1']));
      expect(parts.filter(({ kind }) => kind === 'pending')).toEqual([
        { kind: 'pending', pending: [{ segment: 'w', entry: 'e7' }] },
      ]);
      expect((await under.store.peek(task))?.segments).toHaveLength(2);
    });

    it('puts a copy in the place of what is there, fences the owner, and lets the next go on from it', async () => {
      const saved = under.task();
      const first = await StoreOwner.claim(under.store, saved);
      const upserts = [
        { segment: 'w', entry: 'a', value: bytes(0, 255, 10) },
        { segment: 'parked', entry: 'k', value: bytes(5) },
        { segment: 'sink:kafka:out', entry: 'seq', value: bytes(9) },
      ];
      await first.commit(delta({ upserts, pendingAdded: [{ segment: 'w', entry: 'a' }] }));
      const old = await StoreOwner.claim(under.store, task);
      const other = { segment: 'old', entry: 'o', value: bytes(1) };
      await old.commit(delta({ upserts: [other], progress: { ...progress, feedId: '42-0' }, feed: ['{}'] }));
      await stageAll(task, 'load', await all(under.savepoints.copyOf(saved)));
      expect((await under.store.peek(task))?.segments).toEqual([{ id: 'old', entries: 1 }]);
      await under.savepoints.adopt(task, 'load', 77n);

      await expect(old.commit(delta())).rejects.toBeInstanceOf(FencedError);
      const next = await StoreOwner.claim(under.store, task);
      expect(next.epoch).toBeGreaterThan(old.epoch);
      expect(next.commits).toBe(1n);
      expect(next.checkpoint).toEqual({
        ...{ generation: 77n, progress, segments: [{ id: 'w', entries: 1 }] },
        pending: [{ segment: 'w', entry: 'a' }],
      });
      expect(plain(await under.store.load(task, [...upserts, other]))).toEqual([[0, 255, 10], [5], [9], undefined]);
      expect(await under.feed.read(task, '0-0', 10)).toEqual([]);
      await next.commit(delta({ progress: { ...progress, feedId: '43-0' }, feed: ['{}'] }));
      expect(await under.feed.read(task, '42-0', 10)).toHaveLength(1);
    });

    it('puts nothing in force that was not staged, or was discarded, or is in force already', async () => {
      const owner = await StoreOwner.claim(under.store, task);
      await owner.commit(delta({ upserts: [{ segment: 'w', entry: 'a', value: bytes(1) }] }));
      const parts = await all(under.savepoints.copyOf(task));
      await stageAll(task, 'load', parts);
      await stageAll(task, 'given up', parts);
      await under.savepoints.discard(task, 'given up');
      const unstaged = (load: string) =>
        expect(under.savepoints.adopt(task, load, 1n)).rejects.toBeInstanceOf(FatalError);
      await unstaged('another');
      await unstaged('given up');
      await owner.commit(delta());
      await under.savepoints.adopt(task, 'load', 1n);
      await unstaged('load');
    });
  });
}
