import { setTimeout as delay } from 'node:timers/promises';

import { FatalError } from '../core/errors';
import type { StateStore } from '../core/ports/state-store.port';
import type { TopicAdmin } from '../core/ports/topic-admin.port';
import type { PipelineStatus } from '../runtime/pipeline-status';
import { retryTransient } from '../runtime/retry';
import type { Stage } from './assemble';

export interface StageProgress {
  /** What is read. */
  readonly topic: string;
  /** Records between the beginning and the end of the topic, and how many of them are processed. */
  readonly total: bigint;
  readonly processed: bigint;
  /** What it waits for, if it does. */
  readonly waitsFor: string | undefined;
}

export interface RebuildStageOptions {
  readonly stage: Stage;
  /** What the stage reads. */
  readonly topic: string;
  /** Where each partition begins; at 0 if it is not there. */
  readonly offsets?: ReadonlyMap<number, bigint>;
  readonly topics: TopicAdmin;
  /** Of the rebuild. */
  readonly store: Pick<StateStore, 'peek'>;
  /** Throws when the rebuild need not go on. */
  readonly check: () => Promise<unknown>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: StageProgress) => void;
}

type Ends = ReadonlyMap<number, bigint>;

const POLL_MS = 200;
const FLUSH_MS = 5_000;

/** One of the stages of a rebuild, as far as it has come. Both methods throw FatalError when it cannot go on, AbortedError. */
export class RebuildStage {
  constructor(private readonly options: RebuildStageOptions) {}

  /** Resolves with the ends of the topic as they were a moment ago, once every task has come to them. */
  async caughtUp(): Promise<Ends> {
    const { signal, onProgress } = this.options;
    let waitsFor: string | undefined;
    const onFailure = (reason: string): void => void (waitsFor = reason);
    for (;;) {
      const asked = await retryTransient(() => this.ends(), { signal, onFailure });
      await delay(POLL_MS, undefined, { signal });
      const { state, reason, tasks } = this.status();
      const position = positionOf(tasks);
      onProgress({ ...this.progress(asked, position), waitsFor: reason ?? waitsFor });
      waitsFor = undefined;
      if (state === 'running' && reaches(asked, (partition) => position.get(partition))) return asked;
    }
  }

  /** Takes nothing more in; resolves once all that was, up to `ends` at least, is in the sinks and committed. */
  async finish(ends: Ends): Promise<void> {
    const { stage, signal, check } = this.options;
    await stage.consumer.quiesce();
    do {
      await stage.runner.flush(FLUSH_MS);
      await delay(POLL_MS, undefined, { signal });
      this.status();
      await retryTransient(check, { signal, onFailure: () => undefined });
    } while (!(await retryTransient(() => this.isFinished(ends), { signal, onFailure: () => undefined })));
  }

  private async ends(): Promise<Ends> {
    const extents = await this.options.topics.extents(this.options.topic);
    return new Map([...extents].map(([partition, { end }]) => [partition, end]));
  }

  private status(): PipelineStatus {
    const { runner } = this.options.stage;
    const status = runner.status();
    if (status.state === 'failed') throw new FatalError(status.reason ?? `The rebuild of ${runner.name} failed`);
    return status;
  }

  private progress(ends: Ends, position: Ends): Omit<StageProgress, 'waitsFor'> {
    let [total, processed] = [0n, 0n];
    for (const [partition, end] of ends) {
      const begin = this.options.offsets?.get(partition) ?? 0n;
      total += end - begin;
      processed += (position.get(partition) ?? begin) - begin;
    }
    return { topic: this.options.topic, total, processed };
  }

  private async isFinished(ends: Ends): Promise<boolean> {
    const { store, stage } = this.options;
    const pipeline = stage.runner.name;
    const partitions = [...ends.keys()];
    const tasks = await Promise.all(partitions.map((partition) => store.peek({ pipeline, partition })));
    const isEmitted = tasks.every((task) => task?.pending.length === 0);
    return isEmitted && reaches(ends, (partition) => tasks[partitions.indexOf(partition)]?.progress.nextOffset);
  }
}

function positionOf(tasks: PipelineStatus['tasks']): Ends {
  const running = tasks.filter((task) => task.state === 'running');
  return new Map(running.map((task) => [task.partition, BigInt(task.nextOffset)]));
}

function reaches(ends: Ends, position: (partition: number) => bigint | undefined): boolean {
  return [...ends].every(([partition, end]) => (position(partition) ?? -1n) >= end);
}
