import {
  type Snapshot,
  type SnapshotPlace,
  type SnapshotStore,
  SNAPSHOTS_KEPT,
} from '../../core/ports/snapshot-store.port';

/** Beyond this many keys the one that was put first is forgotten. */
const MAX_KEYS = 10_000;

/** Snapshots of this process. */
export class MemorySnapshotStore implements SnapshotStore {
  /** In order of offset. */
  private readonly kept = new Map<string, readonly Snapshot[]>();

  newestBefore(place: SnapshotPlace, offset: bigint): Promise<Snapshot | undefined> {
    return Promise.resolve(this.of(place).findLast(({ nextOffset }) => nextOffset <= offset));
  }

  put(place: SnapshotPlace, snapshot: Snapshot): Promise<void> {
    const others = this.of(place).filter(({ nextOffset }) => nextOffset !== snapshot.nextOffset);
    const all = [...others, snapshot].sort((a, b) => Number(a.nextOffset - b.nextOffset));
    this.kept.set(nameOf(place), all.slice(-SNAPSHOTS_KEPT));
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= MAX_KEYS) break;
      this.kept.delete(oldest);
    }
    return Promise.resolve();
  }

  private of(place: SnapshotPlace): readonly Snapshot[] {
    return this.kept.get(nameOf(place)) ?? [];
  }
}

function nameOf({ pipeline, fingerprint, keyText, partition }: SnapshotPlace): string {
  return JSON.stringify([pipeline, fingerprint, keyText, partition]);
}
