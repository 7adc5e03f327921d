import { messageOf, PoisonRecordError, TransientError } from '../../core/errors';
import type { TopicTableSpec } from '../../core/lookup/compiled-lookup';
import { MemoryTable } from '../../core/lookup/memory-table';
import { referenceRecordOf } from '../../core/lookup/reference-record';
import type { BatchConsumer } from '../../core/ports/batch-consumer.port';
import type { Log } from '../../core/ports/log.port';
import type { RecordBatch, SourceRecord } from '../../core/ports/record-source.port';
import type { TopicAdmin } from '../../core/ports/topic-admin.port';

export interface TopicTableOptions {
  readonly spec: TopicTableSpec;
  readonly topics: TopicAdmin;
  /** Of the topic, from its earliest records on, in a group that nobody else is in. */
  readonly consumer: BatchConsumer;
  readonly log: Log;
}

/** Bad records are told one by one up to here: a topic of another kind would fill the log. */
const MAX_TOLD = 20;

/**
 * A topic as a table in memory: read from its earliest records up to the ends that it had when asked, and followed from
 * then on. A record that is no entry is told to the log and left out: the entry before it stays.
 */
export class TopicTable {
  readonly entries: MemoryTable;
  /** The next offset of each partition. */
  private readonly positions = new Map<number, bigint>();
  /** Of each partition when the table was opened; `undefined` before that is known. */
  private ends: ReadonlyMap<number, bigint> | undefined;
  private readonly complete: Promise<void>;
  private settle!: { resolve: () => void; reject: (error: Error) => void };
  private isComplete = false;
  private closed = false;
  private bad = 0;

  constructor(private readonly options: TopicTableOptions) {
    this.entries = new MemoryTable(options.spec);
    this.complete = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    // Whoever waits gets the failure; after the table is closed, nobody may.
    this.complete.catch(() => undefined);
  }

  /** How far it is from being complete; `undefined` once it is. */
  get progress(): string | undefined {
    if (this.isComplete) return undefined;
    if (!this.ends) return 'it waits to be read';
    return `${this.entries.size} entries are read, ${this.left(this.ends)} offsets are to go`;
  }

  /**
   * Resolves when the table holds all that the topic had when this was called; it is followed from then on, until
   * {@link close}. Throws TransientError when the topic cannot be reached, FatalError when it has too many entries.
   */
  async open(): Promise<void> {
    const { topics, spec, consumer } = this.options;
    const extents = await topics.extents(spec.name);
    this.ends = new Map([...extents].map(([partition, { end }]) => [partition, end]));
    for (const [partition, { earliest }] of extents) this.positions.set(partition, earliest);
    this.moved();
    if (this.closed) return this.complete;
    await consumer.run({
      assigned: (partitions) => this.goOn(partitions),
      skipped: (partition, from, to) => this.skipped(partition, from, to),
      batch: (batch, { resolve }) => Promise.resolve(resolve(this.take(batch))),
    });
    await this.complete;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.settle.reject(new TransientError(`Reading topic ${this.options.spec.name} was ended`));
    await this.options.consumer.stop();
  }

  /** A consumer that had to begin anew goes on where the table is; the first time it is at the beginning anyhow. */
  private goOn(partitions: readonly number[]): void {
    for (const partition of partitions) {
      const position = this.positions.get(partition);
      if (position !== undefined) this.options.consumer.seek(partition, position);
    }
  }

  private skipped(partition: number, from: bigint, to: bigint): void {
    if (this.position(partition) >= from) this.moveTo(partition, to);
  }

  /** The offset after the batch. */
  private take({ partition, records }: RecordBatch): bigint {
    const from = this.position(partition);
    for (const record of records) if (record.offset >= from) this.put(partition, record);
    const last = records.at(-1);
    if (last) this.moveTo(partition, last.offset + 1n);
    return this.position(partition);
  }

  private put(partition: number, record: SourceRecord): void {
    try {
      this.entries.put(referenceRecordOf(record, this.options.spec.pointInTime));
    } catch (error) {
      if (!(error instanceof PoisonRecordError)) throw error;
      this.tell(partition, record, error);
    }
  }

  private moveTo(partition: number, offset: bigint): void {
    if (offset > this.position(partition)) this.positions.set(partition, offset);
    this.moved();
  }

  private position(partition: number): bigint {
    return this.positions.get(partition) ?? 0n;
  }

  private moved(): void {
    if (this.isComplete || !this.ends) return;
    const { failure } = this.entries;
    if (failure) return this.settle.reject(failure);
    if (this.left(this.ends) > 0n) return;
    this.isComplete = true;
    this.settle.resolve();
  }

  private left(ends: ReadonlyMap<number, bigint>): bigint {
    return [...ends].reduce((sum, [partition, end]) => sum + positive(end - this.position(partition)), 0n);
  }

  private tell(partition: number, { offset }: SourceRecord, error: PoisonRecordError): void {
    this.bad += 1;
    if (this.bad > MAX_TOLD) return;
    const { log, spec } = this.options;
    const more = this.bad === MAX_TOLD ? '; more are not told' : '';
    log.warn(
      { event: 'lookup.bad-record', topic: spec.name, partition, offset: offset.toString(), reason: messageOf(error) },
      `A record of topic ${spec.name} is no entry of its lookup table and is left out: ${messageOf(error)}${more}`,
    );
  }
}

function positive(difference: bigint): bigint {
  return difference > 0n ? difference : 0n;
}
