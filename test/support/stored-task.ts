import { MemoryStateStore } from '../../src/adapters/memory/memory-state-store';
import type { SourceRecord } from '../../src/core/ports/record-source.port';
import type { CheckpointDelta } from '../../src/core/ports/state-store.port';
import type { FrozenDelta } from '../../src/core/task/frozen-delta';
import { Task } from '../../src/core/task/task';
import type { TaskOptions } from '../../src/core/task/task-options';

/** One task and what a state store has of it: commits in order, of which it may forget the last. */
export class StoredTask {
  private deltas: CheckpointDelta[] = [];
  private store = new MemoryStateStore();
  private epoch = 0n;

  constructor(private readonly options: Omit<TaskOptions, 'checkpoint'>) {}

  async commit(delta: CheckpointDelta): Promise<void> {
    this.deltas.push(delta);
    await this.store.commit(this.options.id, { epoch: this.epoch, commit: BigInt(this.deltas.length) }, delta);
  }

  /** As a server that comes back from an older log. */
  async forget(commits: number): Promise<void> {
    const left = this.deltas.slice(0, Math.max(0, this.deltas.length - commits));
    this.deltas = [];
    this.store = new MemoryStateStore();
    ({ epoch: this.epoch } = await this.store.claim(this.options.id, 'old'));
    for (const delta of left) await this.commit(delta);
  }

  /** What a new owner goes on with. */
  async claim(): Promise<Task> {
    const { checkpoint, epoch } = await this.store.claim(this.options.id, 'new');
    this.epoch = epoch;
    const task = new Task({ ...this.options, checkpoint });
    for (const { id } of task.needsWholeState ? (checkpoint?.segments ?? []) : []) {
      for await (const entries of this.store.scan(this.options.id, id)) {
        task.hydrate(
          entries,
          entries.map(({ value }) => value),
        );
      }
    }
    const pending = checkpoint?.pending ?? [];
    task.hydrate(pending, await this.store.load(this.options.id, pending));
    task.restorePending(pending);
    return task;
  }

  /** Gives the task what it needs for one record, then the record. */
  async process(task: Task, record: SourceRecord): Promise<void> {
    const refs = task.missingFor([record]);
    if (refs.length > 0) task.hydrate(refs, await this.store.load(this.options.id, refs));
    task.process([record]);
  }

  /** Commits everything that is due, and gives what each commit had for the sinks. */
  async drain(task: Task): Promise<FrozenDelta[]> {
    const drained: FrozenDelta[] = [];
    const write = async (): Promise<void> => {
      const frozen = task.freeze(0, { everything: true });
      if (frozen) drained.push(frozen);
      if (frozen) await this.commit(frozen.commit);
      task.committed();
    };
    do {
      const { segmentToScan } = task;
      if (segmentToScan !== undefined) {
        for await (const entries of this.store.scan(this.options.id, segmentToScan)) {
          task.closeStored(segmentToScan, entries);
          await write();
        }
        task.scanned(segmentToScan);
      }
      await write();
    } while (task.hasMore);
    return drained;
  }
}
