import type { RecordBatch } from './record-source.port';

/** What a batch's handler may ask of the consumer that delivered it. */
export interface BatchControl {
  /**
   * Proves membership of the group. Throws when a rebalance is under way, or after `quiesce` so that a handler that waits
   * for something gives it up: flush, then let the error through.
   */
  heartbeat(): Promise<void>;
  /** Whether the partition is still ours and nothing asks the consumer to stop or to read elsewhere. */
  isCurrent(): boolean;
  /** Records before this offset need not be delivered again to this member. */
  resolve(nextOffset: bigint): void;
  /** The next batch of this partition begins here. */
  seek(offset: bigint): void;
  /** Stops delivery of this partition, keeping membership; the function that is returned resumes it. */
  pause(): () => void;
}

/** A task's offset for lag tools. */
export interface OffsetMirrorEntry {
  readonly partition: number;
  readonly nextOffset: bigint;
  readonly metadata: string;
}

export interface BatchHandlers {
  /** The group has a new generation and these are our partitions; called before their first batch. */
  assigned(partitions: readonly number[]): void;
  /**
   * Batches of one partition come one after the other, those of several partitions side by side. Where a partition
   * begins is of no consequence: its task seeks. What `control.heartbeat` throws must be let through.
   */
  batch(batch: RecordBatch, control: BatchControl): Promise<void>;
  /** Offsets `[from, to)` hold nothing for us: transaction markers, aborted or compacted records. */
  skipped(partition: number, from: bigint, to: bigint): void;
}

/** A member of one consumer group that reads one topic. */
export interface BatchConsumer {
  /**
   * Whether the group, as far as this member knows, has given it its partitions and it fetches them: false before it has
   * joined, during a rebalance, after a failure, and after `quiesce`.
   */
  readonly isDelivering: boolean;
  /** Joins the group and delivers until `stop`, through every rebalance and outage of the log. Never rejects. */
  run(handlers: BatchHandlers): Promise<void>;
  /**
   * Reads an assigned partition from `offset` on, whether or not new records come. Without it a consumer whose group's
   * mirrored offset is ahead of a task's checkpoint would wait for a record before it noticed.
   */
  seek(partition: number, offset: bigint): void;
  /** Stops delivery and waits for batches in progress, whose heartbeats throw from now on; membership is kept, so that tasks can be flushed. */
  quiesce(): Promise<void>;
  /** Leaves the group. */
  stop(): Promise<void>;
  /** Step 6 of the checkpoint protocol. Rejects when the log does not take it; that is harmless. */
  mirror(offsets: readonly OffsetMirrorEntry[]): Promise<void>;
}
