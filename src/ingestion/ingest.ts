import { RecordTooLargeError } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { Clock } from '../core/ports/clock.port';
import type { OutgoingRecord, RecordProducer } from '../core/ports/record-producer.port';
import { pause } from '../runtime/back-off';
import { RecordFile } from './file-records';
import { type Pace, Pacer } from './pace';
import { toSourceRecord } from './source-record';
import type { ValueWriter } from './value-writer';

export interface IngestProgress {
  /** Records that the log has. */
  readonly produced: number;
  /** Lines that could not be read; they were left out. */
  readonly unreadable: number;
  /** Records that were sent although the pipeline cannot read them: they will be dead letters. */
  readonly undecodable: number;
  /** Records that the topic refused for their size; they were left out. */
  readonly tooLarge: number;
  readonly bytesRead: number;
}

export interface IngestOptions {
  readonly pipeline: CompiledPipeline;
  readonly producer: RecordProducer;
  /** What `valueWriter` gave for the pipeline. */
  readonly write?: ValueWriter | undefined;
  readonly clock: Clock;
  /** A path, or `-` for standard input. */
  readonly source: string;
  readonly pace?: Pace;
  /** Ends after what is being sent. */
  readonly signal?: AbortSignal;
  /** Called after each batch. */
  readonly onProgress?: (progress: IngestProgress) => void;
  /** What is wrong with a line or a record, and where. */
  readonly onFault?: (line: number, message: string) => void;
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const MAX_BATCH_RECORDS = 2_000;
const MAX_BATCH_BYTES = 1_000_000;
/** Records due within this time go now: a timer for each would cost more than they do. */
const TICK_MS = 20;

/**
 * Feeds a file into the pipeline's source topic, keyed as the pipeline groups and stamped with event time. Resolves when
 * the log has everything. Reads on while one batch is being sent; never holds more than two.
 * Throws ConfigError for a file that cannot be read, TransientError when the log is away.
 */
export function ingest(options: IngestOptions): Promise<IngestProgress> {
  return new Ingestion(options).run();
}

class Ingestion {
  private readonly file: RecordFile;
  private readonly pacer: Pacer;
  private readonly signal: AbortSignal;
  private readonly counts = { produced: 0, unreadable: 0, undecodable: 0, tooLarge: 0 };
  private batch: { records: OutgoingRecord[]; lines: number[]; bytes: number } = { records: [], lines: [], bytes: 0 };
  private sending: Promise<void> = Promise.resolve();

  constructor(private readonly options: IngestOptions) {
    this.signal = options.signal ?? new AbortController().signal;
    this.pacer = new Pacer(options.pace ?? { kind: 'full-speed' });
    this.file = new RecordFile({
      path: options.source,
      signal: this.signal,
      onBadLine: (line, message) => {
        this.counts.unreadable += 1;
        options.onFault?.(line, message);
      },
      ...(options.pipeline.definition.spec.source.format === 'csv' && { format: 'lines' as const }),
    });
  }

  async run(): Promise<IngestProgress> {
    try {
      for await (const lines of this.file.batches()) {
        for (const { line, value } of lines) await this.take(line, value);
        if (this.signal.aborted) break;
      }
      await this.flush();
    } finally {
      await this.sending;
    }
    return this.progress();
  }

  private async take(line: number, value: Uint8Array): Promise<void> {
    if (this.signal.aborted) return;
    const { pipeline, clock, onFault, write } = this.options;
    const { record, eventTimeMs, fault } = toSourceRecord(pipeline, value, clock.now(), write);
    await this.awaitTurn(eventTimeMs);
    if (this.signal.aborted) return;
    if (fault) {
      this.counts.undecodable += 1;
      onFault?.(line, fault.message);
    }
    if (this.batch.records.length >= MAX_BATCH_RECORDS || this.batch.bytes + value.length > MAX_BATCH_BYTES) {
      await this.flush();
    }
    this.batch.records.push(record);
    this.batch.lines.push(line);
    this.batch.bytes += value.length;
    this.pacer.taken();
  }

  private async awaitTurn(eventTimeMs: number | undefined): Promise<void> {
    const delayMs = this.pacer.delayMs(this.options.clock.now(), eventTimeMs);
    if (delayMs <= TICK_MS) return;
    await this.flush();
    await (this.options.pause ?? pause)(delayMs, this.signal);
  }

  /** Hands the batch over once the one before is stored, so that a failure leaves no gap in the topic. */
  private async flush(): Promise<void> {
    await this.sending;
    if (this.batch.records.length === 0) return;
    const { records, lines } = this.batch;
    this.batch = { records: [], lines: [], bytes: 0 };
    this.sending = this.send(records, lines);
    // Awaited by the next flush; until then a failure must not count as unhandled.
    this.sending.catch(() => undefined);
  }

  private async send(records: readonly OutgoingRecord[], lines: readonly number[]): Promise<void> {
    const { topic } = this.options.pipeline.definition.spec.source;
    try {
      await this.options.producer.send(topic, records);
      this.counts.produced += records.length;
    } catch (thrown) {
      if (!(thrown instanceof RecordTooLargeError)) throw thrown;
      await this.sendAllBut(thrown, records, lines);
    }
    this.options.onProgress?.(this.progress());
  }

  private async sendAllBut(refusal: RecordTooLargeError, records: readonly OutgoingRecord[], lines: readonly number[]) {
    const { index, positions, message } = refusal;
    this.counts.tooLarge += 1;
    this.counts.produced += positions.filter((position) => position !== undefined).length;
    this.options.onFault?.(lines[index]!, message);
    const isLeft = (_: unknown, i: number) => i !== index && positions[i] === undefined;
    const left = records.filter(isLeft);
    if (left.length > 0) await this.send(left, lines.filter(isLeft));
  }

  private progress(): IngestProgress {
    return { ...this.counts, bytesRead: this.file.bytesRead };
  }
}
