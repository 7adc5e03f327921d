import type { TaskId } from '../task/task-id';

/** Totals since the task's generation began. They move with the offset, so a replay never counts a record twice. */
export interface TaskCounts {
  readonly accepted: number;
  readonly filtered: number;
  readonly late: number;
  readonly dead: number;
}

/** What a task is, apart from its panes. Committed with them in one atomic step. */
export interface TaskProgress {
  /** The offset of the next record to process. */
  readonly nextOffset: bigint;
  /** Stream time `S`, epoch ms; `-1` before the first accepted record. */
  readonly streamTimeMs: number;
  /** Watermark `W`, epoch ms; `-1` before the first accepted record. */
  readonly watermarkMs: number;
  /** Start of the earliest window that the task has opened, epoch ms; `-1` if none. */
  readonly firstWindowStartMs: number;
  /**
   * Windows with `end + grace` up to here, epoch ms, have had their final rows; at most `watermarkMs`. `-1` before the
   * first accepted record.
   */
  readonly closedMs: number;
  readonly counts: TaskCounts;
  /** Id of the newest live-feed entry, `<offset>-<sequence>`; `0-0` if none. */
  readonly feedId: string;
  /** Where the task began without a checkpoint: what a rebuild has to read from. */
  readonly startOffset: bigint;
  /** Of a task that reads a repartition topic: what it has seen of each partition of the source. */
  readonly sources?: readonly SourceProgress[];
}

/** The greatest (offset, index) of one source partition that a task has seen in the repartition topic. */
export interface SourceProgress {
  readonly partition: number;
  /** -1 if none. */
  readonly offset: bigint;
  readonly index: number;
  /** Epoch ms; -1 while the partition has not told it; Infinity for one that has accepted nothing. */
  readonly watermarkMs: number;
  /**
   * Everything before this offset of the source partition has appeared in the repartition topic's, where partial
   * aggregates go through it.
   */
  readonly completeTo?: bigint;
}

/**
 * A named group of state entries that is dropped as a whole: one open window of a task.
 * `entries` is how many the store holds.
 */
export interface SegmentSummary {
  readonly id: string;
  readonly entries: number;
}

/** What a new owner finds. */
export interface Checkpoint {
  readonly generation: bigint;
  readonly progress: TaskProgress;
  /** Those of windows: what sinks and parked keys need is not among them, see `isWindowSegment`. */
  readonly segments: readonly SegmentSummary[];
  /** Entries whose newest row has been committed but not yet emitted, as (segment, entry). */
  readonly pending: readonly EntryRef[];
}

export interface Claim {
  /** Each claim has a greater epoch than every claim of the task before it. */
  readonly epoch: bigint;
  /** The number of the last commit; 0 if there was none. */
  readonly commits: bigint;
  readonly checkpoint: Checkpoint | undefined;
}

export interface EntryRef {
  readonly segment: string;
  readonly entry: string;
}

export interface EntryWrite extends EntryRef {
  readonly value: Uint8Array;
}

/** Everything that one checkpoint changes. */
export interface CheckpointDelta {
  readonly generation: bigint;
  readonly progress: TaskProgress;
  readonly upserts: readonly EntryWrite[];
  readonly removals: readonly EntryRef[];
  readonly droppedSegments: readonly string[];
  readonly pendingAdded: readonly EntryRef[];
  readonly pendingCleared: readonly EntryRef[];
  /** JSON texts of the rows for the live feed, in order; an empty list appends nothing. */
  readonly feed: readonly string[];
}

/** Says who commits, and after what. */
export interface CommitToken {
  readonly epoch: bigint;
  /** One more than the number of this owner's last acknowledged commit, or of its claim. The same when sent again. */
  readonly commit: bigint;
}

/** One definition of a pipeline, as it was deployed. */
export interface Deployment {
  /** See `semantics.md` section 7. Even, so that a revision's last bit says whether the row is final. */
  readonly generation: bigint;
  /** Hash of what the state means; state of another fingerprint must not be used. */
  readonly fingerprint: string;
  /** Whether the generation's records go through a repartition topic; decided once for each generation. */
  readonly repartitioned: boolean;
  /**
   * Of the source topic when it was deployed: a key stays in its partition only while their number does. `undefined`
   * where a version deployed that did not keep it.
   */
  readonly partitions: number | undefined;
  /** Text of the definition, as `deployedText` makes it; absent where an older version of Millrace deployed. */
  readonly definition?: string;
  /** The generation of a rebuild that was begun and has not taken over. Its rows may be in the sinks. */
  readonly rebuilding?: bigint;
}

/**
 * Holds state and offsets of tasks together. Every operation on one task is atomic; any prefix of the store's history
 * is consistent. All operations throw TransientError when the store cannot be reached.
 */
export interface StateStore {
  /** The deployment in force; `undefined` before the first. */
  deployment(pipeline: string): Promise<Deployment | undefined>;

  /**
   * Records the deployment of a pipeline and returns the one in force: `proposed` if there was none, else the stored
   * one, whatever its fingerprint, with the proposed `partitions` if it had none. The caller compares fingerprints. The
   * text of a definition with the same fingerprint takes the place of the stored one.
   */
  deploy(pipeline: string, proposed: Deployment): Promise<Deployment>;

  /** Starts a new generation: drops the state of all `partitions`, of their shuffle too, fences their owners, and ends a rebuild. */
  redeploy(pipeline: string, next: Deployment, partitions: number): Promise<void>;

  /** Step 1. Makes `owner` the owner of the task, fences the one before, returns the checkpoint. */
  claim(task: TaskId, owner: string): Promise<Claim>;

  /**
   * Step 5. Applies the delta if the token's epoch is still the task's and its number follows the last commit that the
   * store remembers; else throws FencedError and changes nothing. So a store that has forgotten a commit (a restart
   * from an older log, a failover to a stale replica) makes even the rightful owner start again from what is left.
   * A commit that the store has already is acknowledged again.
   */
  commit(task: TaskId, token: CommitToken, delta: CheckpointDelta): Promise<void>;

  /**
   * The epoch of the task's owner and the number of its last commit; both 0 before the first claim. Whoever asks after it has
   * read entries, and finds them as they were, has read what its own commits made.
   */
  standing(task: TaskId): Promise<Pick<Claim, 'epoch' | 'commits'>>;

  /** The values of `refs`, in their order; `undefined` where there is none. */
  load(task: TaskId, refs: readonly EntryRef[]): Promise<readonly (Uint8Array | undefined)[]>;

  /** All entries of a segment in chunks, each entry at least once. Safe while commits go on. */
  scan(task: TaskId, segment: string): AsyncIterable<readonly EntryWrite[]>;

  /** What the task's last commit said, without claiming it. For queries; never for processing. */
  peek(task: TaskId): Promise<(Checkpoint & { readonly owner: string; readonly epoch: bigint }) | undefined>;
}
