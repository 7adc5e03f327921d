/** Whose history: one key of a pipeline, as one definition of it computes. */
export interface SnapshotPlace {
  readonly pipeline: string;
  /** State of another definition has another meaning. */
  readonly fingerprint: string;
  readonly keyText: string;
  /** Of the source topic. */
  readonly partition: number;
}

/** What the events of a key before an offset come to. */
export interface Snapshot {
  /** Of the first record that is not in it. */
  readonly nextOffset: bigint;
  /** How many of the key's records are in it. */
  readonly events: number;
  readonly state: Uint8Array;
}

/** How many snapshots of a key are kept, the newest, and for how long after the last was taken. */
export const SNAPSHOTS_KEPT = 32;
export const SNAPSHOTS_KEPT_MS = 30 * 24 * 3_600_000;

/**
 * Snapshots save reading; nothing is lost with them. One at the same offset is the same, so that it may be put twice. All
 * operations throw TransientError when the store cannot be reached.
 */
export interface SnapshotStore {
  /** The newest with `nextOffset` at or before this. */
  newestBefore(place: SnapshotPlace, offset: bigint): Promise<Snapshot | undefined>;
  put(place: SnapshotPlace, snapshot: Snapshot): Promise<void>;
}
