import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { RecordTooLargeError, TransientError } from '../../core/errors';
import type { Log, LogFields } from '../../core/ports/log.port';
import type { OutgoingRecord, RecordPosition, RecordProducer } from '../../core/ports/record-producer.port';
import type { KafkaClientOptions } from './kafka-client';
import type { SendFailure, SendMessage, ThreadOptions, ThreadReply } from './producer-thread.messages';

const THREAD = join(__dirname, 'producer-thread.js');

interface Pending {
  resolve(positions: readonly RecordPosition[]): void;
  reject(error: Error): void;
}

/**
 * A `RecordProducer` whose kafkajs works in a thread of its own: encoding and sending a row costs as much as taking
 * in a record, and rows would otherwise compete with the records that make them. Takes records of texts, as rows are; every
 * record of one `send` has the same header names. If the thread dies, what it had not answered is a TransientError.
 */
export class ThreadedRecordProducer implements RecordProducer {
  private worker: Worker | undefined;
  private readonly pending = new Map<number, Pending>();
  private nextId = 0;
  private whenClosed: (() => void) | undefined;

  constructor(
    private readonly options: KafkaClientOptions,
    private readonly log: Log,
  ) {}

  send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly RecordPosition[]> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.thread().postMessage(toMessage(id, topic, records));
    });
  }

  /** Waits for what is being sent, then ends the thread. */
  async close(): Promise<void> {
    const { worker } = this;
    if (!worker) return;
    await new Promise<void>((resolve) => {
      this.whenClosed = resolve;
      worker.postMessage({ close: true });
    });
    await worker.terminate();
  }

  private thread(): Worker {
    if (this.worker) return this.worker;
    const workerData: ThreadOptions = { kafka: this.options };
    const worker = new Worker(THREAD, { workerData });
    worker.on('message', (reply: ThreadReply) => this.take(reply));
    worker.on('error', (error: Error) => this.died(worker, error.message));
    worker.on('exit', (code) => this.died(worker, `exit code ${code}`));
    this.worker = worker;
    return worker;
  }

  private take(reply: ThreadReply): void {
    if ('log' in reply) return this.log[reply.log.level](reply.log.fields as LogFields, reply.log.message);
    if ('closed' in reply) return this.whenClosed?.();
    const waiting = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if ('failure' in reply) return waiting?.reject(errorOf(reply.failure));
    const { partitions, offsets } = reply;
    waiting?.resolve(Array.from(partitions, (partition, i) => ({ partition, offset: offsets[i]! })));
  }

  /** The next `send` starts another thread. */
  private died(worker: Worker, reason: string): void {
    if (worker !== this.worker) return;
    this.worker = undefined;
    this.whenClosed?.();
    for (const { reject } of this.pending.values()) {
      reject(new TransientError(`The thread that sends rows ended: ${reason}`));
    }
    this.pending.clear();
  }
}

function toMessage(id: number, topic: string, records: readonly OutgoingRecord[]): SendMessage {
  const headerNames = Object.keys(records[0]?.headers ?? {});
  return {
    id,
    topic,
    keys: records.map(({ key }) => textOf(key)),
    values: records.map(({ value }) => textOf(value)),
    timestampsMs: Float64Array.from(records, ({ timestampMs }) => timestampMs ?? Number.NaN),
    headerNames,
    headers: headerNames.map((name) => records.map(({ headers }) => headers?.[name] ?? '')),
  };
}

function textOf(content: Uint8Array | string | null): string | null {
  return content === null || typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
}

function errorOf(failure: SendFailure): Error {
  switch (failure.kind) {
    case 'too-large':
      return new RecordTooLargeError(failure.topic, failure.index, failure.bytes, []);
    case 'transient':
      return new TransientError(failure.message);
    case 'other':
      return new Error(failure.message);
  }
}
