import { BaseRpcContext, type CustomTransportStrategy, Server } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';

import type { BatchConsumer, BatchControl } from '../core/ports/batch-consumer.port';

/** The patterns that controllers bind with `@EventPattern`. */
export const RECORDS = 'millrace.records';
export const ASSIGNED = 'millrace.assigned';
export const SKIPPED = 'millrace.skipped';

/** What a controller gets as `@Ctx()`. */
export class BatchContext extends BaseRpcContext<[string, BatchControl | undefined]> {
  /** The pipeline whose consumer delivered. */
  get pipeline(): string {
    return this.getArgByIndex(0) as string;
  }

  /** Present for batches. */
  get control(): BatchControl | undefined {
    return this.getArgByIndex(1) as BatchControl | undefined;
  }
}

/** Hands over the consumer once the pipeline's topics, state and tables are there; `undefined` if it must not run. */
export type ConsumerFactory = () => Promise<BatchConsumer | undefined>;

/**
 * A Nest transport for whole batches: one for each pipeline, each with a consumer group of its own. Nest's built-in
 * Kafka transport handles one message at a time, commits by itself and repeats a bad event for ever.
 */
export class BatchTransport extends Server implements CustomTransportStrategy {
  private consumer: BatchConsumer | undefined;
  private closed = false;

  constructor(
    private readonly pipeline: string,
    private readonly createConsumer: ConsumerFactory,
  ) {
    super();
    this.transportId = Symbol(`millrace:${pipeline}`);
  }

  /** Returns at once: the service answers health checks while a pipeline waits for its servers. */
  listen(callback: () => void): void {
    callback();
    void this.consume();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.consumer?.stop();
  }

  on(): never {
    throw new Error('A batch transport emits no events: bind its patterns with @EventPattern');
  }

  unwrap<T>(): T {
    return this.consumer as T;
  }

  private async consume(): Promise<void> {
    const consumer = await this.createConsumer();
    if (!consumer || this.closed) return;
    this.consumer = consumer;
    await consumer.run({
      assigned: (partitions) => void this.dispatch(ASSIGNED, partitions),
      skipped: (partition, from, to) => void this.dispatch(SKIPPED, { partition, from, to }),
      batch: (batch, control) => this.dispatch(RECORDS, batch, control),
    });
  }

  /** Rejects with what the controller throws: a failed heartbeat must reach the consumer as it is. */
  private async dispatch(pattern: string, payload: unknown, control?: BatchControl): Promise<void> {
    const handler = this.getHandlerByPattern(pattern);
    if (!handler) throw new Error(`No controller is bound to ${pattern}`);
    const result: unknown = await handler(payload, new BatchContext([this.pipeline, control]));
    await lastValueFrom(this.transformToObservable(result), { defaultValue: undefined });
  }
}
