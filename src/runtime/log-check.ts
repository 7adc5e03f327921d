import { FatalError } from '../core/errors';
import type { PartitionExtent } from '../core/ports/record-source.port';
import { topicGone } from './deployment';
import { refuseAdded, type TopicReader } from './partitions-added';
import type { PipelineContext } from './task-context';
import type { TaskRunner } from './task-runner';
import { withinLog } from './where-to-start';

export interface LogCheckOptions extends TopicReader, Pick<PipelineContext, 'topics'> {
  readonly runners: ReadonlyMap<number, TaskRunner>;
  /** Of the topic, when the tasks were brought up. */
  readonly partitions: number;
}

/**
 * Asks the broker whether the topic still is the one that the tasks read: it is there, keys are where they were, and
 * the log holds the place of each task. A topic that is gone is waited for; the rest fails the tasks, with a remedy.
 */
export class LogCheck {
  private asking = false;
  private isGone = false;

  constructor(private readonly options: LogCheckOptions) {}

  /** Whether the topic was not there when it was last looked for. */
  get topicIsGone(): boolean {
    return this.isGone;
  }

  /** Never rejects: a broker that is away shows elsewhere. One question at a time. */
  async run(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      await this.ask();
    } catch (error) {
      if (error instanceof FatalError) this.each((runner) => runner.fail(error));
    } finally {
      this.asking = false;
    }
  }

  private async ask(): Promise<void> {
    const { topic, topics, runners, partitions } = this.options;
    const found = await topics.partitionCount(topic);
    this.say(found === undefined ? topicGone(topic).message : undefined);
    if (found === undefined) return;
    refuseAdded(this.options, partitions, found);
    const asked = [...runners].map(([partition, runner]) => ({ partition, runner, before: runner.position }));
    const extents = await topics.extents(topic);
    for (const { partition, runner, before } of asked) {
      const extent = extents.get(partition);
      if (before !== undefined && extent) this.check(partition, runner, before, extent);
    }
  }

  /** Lag is told from the log's end, which must not be before the place where the task was; its beginning not after the one where it is. */
  private check(partition: number, runner: TaskRunner, before: bigint, extent: PartitionExtent): void {
    const { pipeline, topic } = this.options;
    const now = runner.position ?? before;
    runner.sawEnd(extent.end);
    try {
      if (before > extent.end) withinLog({ pipeline, topic, partition, extent }, before);
      else if (now < extent.earliest) withinLog({ pipeline, topic, partition, extent }, now);
    } catch (error) {
      runner.fail(error);
    }
  }

  private say(trouble: string | undefined): void {
    if (trouble === undefined && !this.isGone) return;
    this.isGone = trouble !== undefined;
    this.each((runner) => runner.waitsFor(trouble));
  }

  private each(action: (runner: TaskRunner) => void): void {
    for (const runner of this.options.runners.values()) action(runner);
  }
}
