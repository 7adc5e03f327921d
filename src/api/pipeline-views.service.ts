import { Inject, Injectable } from '@nestjs/common';
import { messageOf, TransientError } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { TaskId } from '../core/task/task-id';
import type { TaskStatus } from '../runtime/pipeline-status';
import { type Pipelines, PIPELINES } from '../runtime/pipelines';
import { type Ports, PORTS } from '../runtime/ports';
import { CommittedTasks } from './committed-tasks';
import { type PipelineView, pipelineView, type RefusedPipelineView, refusedPipelineView } from './pipeline-view';
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
    const owned = new Map(this.pipelines.status(pipeline.name)?.tasks.map((task) => [task.partition, task]));
    const tasks = await this.tasksOf(pipeline, [...owned.keys()]);
    const views = await Promise.all(tasks.map((task) => this.taskView(pipeline, task, owned.get(task.partition))));
    return pipelineView(pipeline, this.pipelines.status(pipeline.name), views);
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
