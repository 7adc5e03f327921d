import type { BatchConsumer } from '../core/ports/batch-consumer.port';
import type { PipelineContext } from './task-context';
import type { TaskRunner } from './task-runner';

export interface IdlenessCheckOptions extends Pick<PipelineContext, 'pipeline' | 'topics' | 'clock'> {
  readonly runners: ReadonlyMap<number, TaskRunner>;
  readonly source: BatchConsumer;
}

/**
 * Looks for idle partitions and moves their watermark on; `semantics.md` section 5. The log's end is asked of the broker,
 * and `now` is the moment before the question: whatever the log holds later than that was appended after it. An answer
 * that is read late, because the process or the broker stood still, is evidence of that moment and of no later one.
 */
export class IdlenessCheck {
  private asking = false;

  constructor(private readonly options: IdlenessCheckOptions) {}

  /** Never rejects: without an answer there is no evidence, and the broker's absence shows elsewhere. */
  async run(): Promise<void> {
    const { pipeline, topics, clock, runners, source } = this.options;
    const { idleAfterMs, definition } = pipeline;
    if (idleAfterMs === undefined || this.asking || !source.isDelivering) return;
    const askedMs = clock.now();
    const quiet = [...runners].filter(([, runner]) => runner.seemsIdle(idleAfterMs, askedMs));
    if (quiet.length === 0) return;
    this.asking = true;
    const extents = await topics.extents(definition.spec.source.topic).catch(() => undefined);
    this.asking = false;
    if (!extents || !source.isDelivering) return;
    for (const [partition, runner] of quiet) {
      const end = extents.get(partition)?.end;
      if (end !== undefined) runner.advanceIdle(end, idleAfterMs, askedMs);
    }
  }
}
