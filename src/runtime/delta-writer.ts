import type { Task } from '../core/task/task';
import type { Checkpoint } from './checkpoint';
import type { OwnedState } from './owned-state';
import { retryTransient } from './retry';
import type { TaskContext } from './task-context';

export interface DeltaWriterOptions {
  readonly task: Task;
  readonly checkpoint: Checkpoint;
  readonly state: OwnedState;
  readonly context: Pick<TaskContext, 'clock'>;
  /** Ends everything. */
  readonly signal: AbortSignal;
  /** What a write failed with; called instead of rejecting. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Steps 3 to 6 of one task, while step 2 goes on: one delta is in flight at a time, and long work (`drain`,
 * `drainUntilRoom`) takes turns. Nothing here rejects.
 */
export class DeltaWriter {
  /** Before a flush: what the next owner would emit a second later is better emitted now. */
  endsSoon = false;
  /** When the last commit was acknowledged or there was nothing to commit, epoch ms. */
  committedMs: number;
  /** The one frozen delta that is being written. Settles when it is committed; rejects when the task must go. */
  private writing: Promise<void> | undefined;
  private turn: Promise<void> = Promise.resolve();
  private turns = 0;

  constructor(private readonly options: DeltaWriterOptions) {
    this.committedMs = options.context.clock.now();
  }

  /** Starts a checkpoint if none is under way and something has changed. */
  tick(): void {
    const { task } = this.options;
    if (this.writing || this.turns > 0) return;
    const awaits = task.awaitedRefs(this.options.context.clock.now()).length > 0;
    if (task.segmentToScan !== undefined || task.hasMore || awaits) void this.drain();
    else this.freezeAndWrite();
  }

  /** Writes everything that is due. */
  drain(): Promise<void> {
    return this.inTurn(async () => {
      await this.writing;
      do {
        await this.writeNext();
        await this.writing;
      } while (this.options.task.hasMore && this.isAlive);
    });
  }

  /** Writes until the task can take more. */
  drainUntilRoom(): Promise<void> {
    return this.inTurn(async () => {
      const { task } = this.options;
      while (task.isFull && this.isAlive) {
        await this.writing;
        if (task.isFull) await this.writeNext();
      }
    });
  }

  private get isAlive(): boolean {
    return !this.options.signal.aborted;
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    this.turns++;
    this.turn = this.turn
      .then(work)
      .catch(this.options.onFailure)
      .then(() => void this.turns--);
    return this.turn;
  }

  private async writeNext(): Promise<void> {
    const { segmentToScan } = this.options.task;
    if (segmentToScan !== undefined) await this.closeFromStore(segmentToScan);
    await this.emitFromStore();
    this.freezeAndWrite();
  }

  /** Rows that `emit.every` held back and whose state has left memory. No commit is in flight meanwhile. */
  private async emitFromStore(): Promise<void> {
    const { task, state, context, signal } = this.options;
    const refs = task.awaitedRefs(context.clock.now());
    if (refs.length === 0) return;
    const load = (): ReturnType<typeof state.load> => state.load(refs);
    const values = await retryTransient(load, { signal, onFailure: () => undefined });
    task.emitStored(refs.flatMap((ref, i) => (values[i] ? [{ ...ref, value: values[i] }] : [])));
  }

  /** Closes a window whose state is larger than the cache: its entries pass through memory in chunks. */
  private async closeFromStore(segment: string): Promise<void> {
    const { task, state } = this.options;
    for await (const entries of state.scan(segment)) {
      task.closeStored(segment, entries);
      await this.writing;
      this.freezeAndWrite();
    }
    task.scanned(segment);
  }

  /** Step 3, and steps 4 to 6 in the background. */
  private freezeAndWrite(): void {
    if (this.writing) return;
    const { task, checkpoint, context, signal, onFailure } = this.options;
    const frozen = checkpoint.freeze(task, this.endsSoon);
    if (!frozen) return void (this.committedMs = context.clock.now());
    this.writing = checkpoint.write(frozen, signal).then(() => {
      this.committedMs = context.clock.now();
      this.writing = undefined;
      task.committed();
    });
    this.writing.catch(onFailure);
  }
}
