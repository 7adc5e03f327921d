import {
  type Snapshot,
  type SnapshotPlace,
  type SnapshotStore,
  SNAPSHOTS_KEPT,
} from '../../src/core/ports/snapshot-store.port';

export interface SnapshotStoreHarness {
  readonly store: SnapshotStore;
  /** A pipeline that no other test has. */
  newPipeline(): string;
  close(): Promise<void>;
}

function snapshot(offset: number): Snapshot {
  return { nextOffset: BigInt(offset), events: offset * 2, state: Uint8Array.from([offset % 256, 0, 58, 255]) };
}

/** What every SnapshotStore guarantees. */
export function describeSnapshotStore(name: string, open: () => Promise<SnapshotStoreHarness>): void {
  describe(`SnapshotStore: ${name}`, () => {
    let harness: SnapshotStoreHarness;
    let store: SnapshotStore;
    let place: SnapshotPlace;

    beforeAll(async () => {
      harness = await open();
      store = harness.store;
    });
    afterAll(() => harness?.close());
    beforeEach(
      () => (place = { pipeline: harness.newPipeline(), fingerprint: 'f', keyText: 'हैदराबाद}', partition: 0 }),
    );

    const found = async (offset: number, from = place): Promise<Snapshot | undefined> => {
      const kept = await store.newestBefore(from, BigInt(offset));
      return kept && { ...kept, state: Uint8Array.from(kept.state) };
    };

    it('finds the newest snapshot at or before an offset', async () => {
      for (const offset of [30, 10, 20]) await store.put(place, snapshot(offset));
      expect(await found(9)).toBeUndefined();
      expect(await found(10)).toEqual(snapshot(10));
      expect(await found(29)).toEqual(snapshot(20));
      expect(await found(1_000_000)).toEqual(snapshot(30));
    });

    it('keeps keys, pipelines and definitions apart', async () => {
      await store.put(place, snapshot(10));
      expect(await found(99, { ...place, keyText: 'other' })).toBeUndefined();
      expect(await found(99, { ...place, fingerprint: 'g' })).toBeUndefined();
      expect(await found(99, { ...place, partition: 1 })).toBeUndefined();
      expect(await found(99, { ...place, pipeline: harness.newPipeline() })).toBeUndefined();
    });

    it('takes the same snapshot twice, and keeps a bounded number of them, the newest', async () => {
      for (let offset = 1; offset <= SNAPSHOTS_KEPT + 5; offset++) {
        await store.put(place, snapshot(offset));
        await store.put(place, snapshot(offset));
      }
      expect(await found(5)).toBeUndefined();
      expect(await found(6)).toEqual(snapshot(6));
    });
  });
}
