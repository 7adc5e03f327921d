import { Inject, Injectable } from '@nestjs/common';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { Checkpoint } from '../core/ports/state-store.port';
import { repartitionTopic } from '../core/repartition/names';
import type { TaskId } from '../core/task/task-id';
import { type Pipelines, PIPELINES } from '../runtime/pipelines';
import { type Ports, PORTS } from '../runtime/ports';

/** What the last commit of a task said, whichever process owns it. */
export interface CommittedTask {
  readonly task: TaskId;
  readonly owner: string;
  readonly epoch: bigint;
  readonly checkpoint: Checkpoint;
}

const PARTITIONS_KEPT_MS = 30_000;

/** The tasks of a pipeline as the state store has them, so that any replica can answer for all of them. */
@Injectable()
export class CommittedTasks {
  private readonly partitions = new Map<string, { readonly count: number; readonly untilMs: number }>();

  constructor(
    @Inject(PIPELINES) private readonly pipelines: Pipelines,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  /** The pipeline's tasks by partition; empty while its topic does not exist. Throws TransientError. */
  async tasksOf(pipeline: CompiledPipeline): Promise<readonly TaskId[]> {
    const count = this.pipelines.status(pipeline.name)?.partitions || (await this.countOf(pipeline));
    return Array.from({ length: count }, (_, partition) => ({ pipeline: pipeline.name, partition }));
  }

  /** The internal topic of the generation in force; `undefined` without one. Throws TransientError. */
  async repartitionTopicOf({ name }: CompiledPipeline): Promise<string | undefined> {
    const deployment = await this.ports.stateStore.deployment(name);
    return deployment?.repartitioned ? repartitionTopic(name, deployment.generation) : undefined;
  }

  /** Tasks that have been claimed at least once, in order of partition. Throws TransientError. */
  async of(pipeline: CompiledPipeline): Promise<readonly CommittedTask[]> {
    const tasks = await this.tasksOf(pipeline);
    const peeked = await Promise.all(tasks.map((task) => this.peek(task)));
    return peeked.filter((task) => task !== undefined);
  }

  async peek(task: TaskId): Promise<CommittedTask | undefined> {
    const peeked = await this.ports.stateStore.peek(task);
    if (!peeked) return undefined;
    const { owner, epoch, ...checkpoint } = peeked;
    return { task, owner, epoch, checkpoint };
  }

  /** A process that only serves has no source to tell it the count; the log is asked now and then. */
  private async countOf(pipeline: CompiledPipeline): Promise<number> {
    const kept = this.partitions.get(pipeline.name);
    const now = this.ports.clock.now();
    if (kept && kept.untilMs > now) return kept.count;
    const count = (await this.ports.topics.partitionCount(pipeline.definition.spec.source.topic)) ?? 0;
    if (count > 0) this.partitions.set(pipeline.name, { count, untilMs: now + PARTITIONS_KEPT_MS });
    return count;
  }
}
