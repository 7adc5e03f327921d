import { HttpStatus, Inject, Injectable } from '@nestjs/common';
import { TransientError } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { shuffleName } from '../core/repartition/names';
import type { TaskId } from '../core/task/task-id';
import { pause } from '../runtime/back-off';
import { type Ports, PORTS } from '../runtime/ports';
import { CommittedTasks } from './committed-tasks';
import { badParameter, ProblemException, problemType } from './problem-details';
import type { AwaitParameters, RecordToken } from './record-token';

const POLL_MS = 25;
const NEVER = new AbortController().signal;

/**
 * Waits until records are in what `/rows` answers: until the tasks that read them have committed beyond them, whichever
 * processes own those tasks, during rebalances too. What is committed is in the state store or, before that, in the table.
 */
@Injectable()
export class AwaitedRecords {
  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    private readonly committed: CommittedTasks,
  ) {}

  /** Throws a 400 for records that the pipeline does not read, a 504 when the time is over, and TransientError. */
  async reflectedIn(pipeline: CompiledPipeline, { tokens, timeoutMs }: AwaitParameters): Promise<void> {
    if (tokens.length === 0) return;
    const deadlineMs = performance.now() + timeoutMs;
    await this.assertRead(pipeline, tokens, deadlineMs);
    const repartition = await untilDeadline(() => this.committed.repartitionTopicOf(pipeline), deadlineMs);
    const first = repartition === undefined ? pipeline.name : shuffleName(pipeline.name);
    for (const { partition, offset } of tokens) {
      await this.past({ pipeline: first, partition }, offset + 1n, deadlineMs);
    }
    if (repartition === undefined) return;
    // The record is somewhere before the end of the internal topic, now that its shuffle has committed it.
    const extents = await untilDeadline(() => this.ports.topics.extents(repartition), deadlineMs);
    for (const [partition, { end }] of extents) {
      await this.past({ pipeline: pipeline.name, partition }, end, deadlineMs);
    }
  }

  private async assertRead(
    pipeline: CompiledPipeline,
    tokens: readonly RecordToken[],
    deadlineMs: number,
  ): Promise<void> {
    const { topic } = pipeline.definition.spec.source;
    const partitions = (await untilDeadline(() => this.ports.topics.partitionCount(topic), deadlineMs)) ?? 0;
    for (const token of tokens) {
      if (token.topic !== topic)
        throw badParameter('after', `"${pipeline.name}" reads "${topic}", not "${token.topic}".`);
      if (token.partition < partitions) continue;
      throw badParameter('after', `"${topic}" has ${partitions} partitions, numbered from 0.`);
    }
  }

  private async past(task: TaskId, nextOffset: bigint, deadlineMs: number): Promise<void> {
    for (;;) {
      const found = await untilDeadline(() => this.committed.peek(task), deadlineMs);
      const reached = found?.checkpoint.progress.nextOffset ?? 0n;
      if (reached >= nextOffset) return;
      if (performance.now() >= deadlineMs) throw notYet(task, reached, nextOffset);
      await pause(POLL_MS, NEVER);
    }
  }
}

/** A server that is away, or a log whose leaders change, may answer again in time: what waits can wait for that too. */
async function untilDeadline<T>(ask: () => Promise<T>, deadlineMs: number): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof TransientError) || performance.now() >= deadlineMs) throw error;
      await pause(POLL_MS, NEVER);
    }
  }
}

function notYet({ pipeline, partition }: TaskId, reached: bigint, wanted: bigint): ProblemException {
  return new ProblemException({
    type: problemType('not-yet'),
    title: 'The records are not processed yet',
    status: HttpStatus.GATEWAY_TIMEOUT,
    detail:
      `Partition ${partition} of ${pipeline} is processed up to offset ${reached}, and the answer has to reflect ` +
      `everything before ${wanted}. Ask again, or with a longer "timeout" (at most 60s).`,
  });
}
