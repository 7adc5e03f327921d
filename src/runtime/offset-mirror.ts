import type { OffsetMirrorEntry } from '../core/ports/batch-consumer.port';
import { messageOf } from '../core/errors';
import type { RuntimeLog } from './events';

export interface OffsetMirrorOptions {
  readonly pipeline: string;
  readonly log: RuntimeLog;
}

/**
 * Step 6 for the tasks of one member: the newest committed offset of each, for lag tools. A member may commit offsets
 * of partitions that are no longer its own, and Kafka keeps whatever came last: so that those of a task that was taken
 * away are forgotten here, or they would hide what its next owner has told. A failed attempt is made up for by the next.
 */
export class OffsetMirror {
  private waiting = new Map<number, OffsetMirrorEntry>();

  constructor(private readonly options: OffsetMirrorOptions) {}

  set(entry: OffsetMirrorEntry): void {
    this.waiting.set(entry.partition, entry);
  }

  forget(partition: number): void {
    this.waiting.delete(partition);
  }

  /** Never rejects. `isOwned` says whether a partition is still this member's once an attempt has failed. */
  async flush(
    write: (offsets: readonly OffsetMirrorEntry[]) => Promise<void>,
    isOwned: (partition: number) => boolean,
  ): Promise<void> {
    if (this.waiting.size === 0) return;
    const offsets = this.waiting;
    this.waiting = new Map();
    try {
      await write([...offsets.values()]);
    } catch (error) {
      const kept = [...offsets].filter(([partition]) => isOwned(partition));
      // What was set meanwhile is newer.
      this.waiting = new Map([...kept, ...this.waiting]);
      this.options.log(
        'info',
        'checkpoint.mirror-failed',
        `Lag tools see old offsets of ${this.options.pipeline}: ${messageOf(error)}`,
      );
    }
  }
}
