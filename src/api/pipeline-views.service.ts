import { Inject, Injectable } from '@nestjs/common';
import { messageOf, TransientError } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { TaskId } from '../core/task/task-id';
import { shuffleName } from '../core/repartition/names';
import { shuffleStage } from '../core/repartition/two-stages';
import type { PipelineStatus, TaskStatus } from '../runtime/pipeline-status';
import { type Pipelines, PIPELINES } from '../runtime/pipelines';
import { type Ports, PORTS } from '../runtime/ports';
import { CommittedTasks } from './committed-tasks';
import {
  type PipelineView,
  pipelineView,
  type RefusedPipelineView,
  refusedPipelineView,
  type RepartitionView,
} from './pipeline-view';
import { committedTaskView, ownedTaskView, type TaskView } from './task-view';

/** Pages poll each second; all that poll within this time share one answer. */
const SHARED_MS = 500;

interface Shared {
  readonly untilMs: number;
  readonly view: Promise<PipelineView>;
}

/** Pipelines as the API shows them: what this process knows of its own tasks, and what was committed of the others. */
@Injectable()
export class PipelineViews {
  private readonly shared = new Map<string, Shared>();

  constructor(
    @Inject(PIPELINES) private readonly pipelines: Pipelines,
    @Inject(PORTS) private readonly ports: Ports,
    private readonly committed: CommittedTasks,
  ) {}

  /** Running ones in order of name, then refused ones. */
  async all(): Promise<readonly (PipelineView | RefusedPipelineView)[]> {
    const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
    const running = await Promise.all([...this.pipelines.all()].sort(byName).map((pipeline) => this.of(pipeline)));
    return [...running, ...[...this.pipelines.refused()].sort(byName).map(refusedPipelineView)];
  }

  async find(name: string): Promise<PipelineView | RefusedPipelineView | undefined> {
    const pipeline = this.pipelines.get(name);
    if (pipeline) return this.of(pipeline);
    const refused = this.pipelines.refused().find((candidate) => candidate.name === name);
    return refused && refusedPipelineView(refused);
  }

  private of(pipeline: CompiledPipeline): Promise<PipelineView> {
    const now = this.ports.clock.now();
    const held = this.shared.get(pipeline.name);
    if (held && held.untilMs > now) return held.view;
    const view = this.read(pipeline);
    this.shared.set(pipeline.name, { untilMs: now + SHARED_MS, view });
    return view;
  }

  /** Never fails: this page is where one looks when a server is away. */
  private async read(pipeline: CompiledPipeline): Promise<PipelineView> {
    const status = this.pipelines.status(pipeline.name);
    const tasks = await this.tasksOf(pipeline, status?.tasks.map(({ partition }) => partition) ?? []);
    const views = await this.taskViews(pipeline, tasks, status?.tasks ?? []);
    return pipelineView(pipeline, status, views, await this.repartition(pipeline, status));
  }

  /** `undefined` without a repartition topic, or while nothing can be told of it. */
  private async repartition(
    pipeline: CompiledPipeline,
    status: PipelineStatus | undefined,
  ): Promise<RepartitionView | undefined> {
    const known = status?.repartition;
    try {
      const topic = known?.topic ?? (await this.committed.repartitionTopicOf(pipeline));
      if (topic === undefined) return undefined;
      const ids = (await this.committed.tasksOf(pipeline)).map((task) => ({
        ...task,
        pipeline: shuffleName(task.pipeline),
      }));
      return { topic, tasks: await this.taskViews(shuffleStage(pipeline), ids, known?.tasks ?? []) };
    } catch (error) {
      if (error instanceof TransientError) return undefined;
      throw error;
    }
  }

  private taskViews(
    pipeline: CompiledPipeline,
    tasks: readonly TaskId[],
    owned: readonly TaskStatus[],
  ): Promise<readonly TaskView[]> {
    const byPartition = new Map(owned.map((task) => [task.partition, task]));
    return Promise.all(tasks.map((task) => this.taskView(pipeline, task, byPartition.get(task.partition))));
  }

  private async tasksOf(pipeline: CompiledPipeline, owned: readonly number[]): Promise<readonly TaskId[]> {
    try {
      return await this.committed.tasksOf(pipeline);
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      return owned.map((partition) => ({ pipeline: pipeline.name, partition }));
    }
  }

  private async taskView(pipeline: CompiledPipeline, task: TaskId, status: TaskStatus | undefined): Promise<TaskView> {
    try {
      const committed = await this.committed.peek(task);
      if (status) return ownedTaskView(status, committed?.owner);
      return committed ? committedTaskView(pipeline, committed) : { partition: task.partition, state: 'unclaimed' };
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      if (status) return ownedTaskView(status, undefined);
      return { partition: task.partition, state: 'unknown', reason: messageOf(error) };
    }
  }
}
