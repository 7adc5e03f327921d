import { partitionOf } from '../core/partitioning/murmur2';
import type { LookupTable } from '../core/lookup/lookup-table';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { RecordHeaders, SourceRecord } from '../core/ports/record-source.port';
import { PoisonRecordError } from '../core/errors';
import { jsonDecoder } from '../core/decoding/json-decoder';
import { encodeKey } from '../core/row/key';
import type { Row } from '../core/row/row';
import { NewestRows } from '../core/row/row-identity';
import type { DeadLetter } from '../core/task/dead-letter';
import { Task } from '../core/task/task';
import type { TaskCounts } from '../core/ports/state-store.port';
import { type ReplayLookups, replayTables } from './replay-lookups';

export interface ReplayInput {
  readonly value: Uint8Array;
  /** The message key; the pipeline's key when absent. */
  readonly key?: Uint8Array | null;
}

/** Of a record whose place in the log, or time, is not left to the run. */
export interface ReplayPlace {
  /** The record's own timestamp, epoch ms; 0 when absent. */
  readonly timestampMs?: number;
  readonly headers?: RecordHeaders;
  /** Instead of the partition that the message key belongs to. */
  readonly partition?: number;
}

export interface ReplayOptions {
  readonly partitions: number;
  /** Whether to close the windows that are open when the input ends. */
  readonly close: boolean;
  /** Of every table that the pipeline looks records up in. */
  readonly lookups?: ReplayLookups;
  readonly onRow: (row: Row) => void;
  readonly onDeadLetter?: (letter: DeadLetter) => void;
  /** A record that was late, with how late it was in ms. */
  readonly onLate?: (record: SourceRecord, latenessMs: number) => void;
}

export interface ReplayResult {
  readonly counts: TaskCounts;
  /** The newest revision of each row, without deleted ones, ordered as `compareRows` does: by key, then by start. */
  table(): Row[];
}

const textEncoder = new TextEncoder();

/**
 * Runs a pipeline over records in virtual time: the clock is stream time, nothing is asked of the wall clock or of a
 * server, and the same input gives the same rows in the same order. A row is emitted as soon as it is due: without
 * `every`, each record's change is a row of its own.
 */
export async function replay(
  pipeline: CompiledPipeline,
  input: AsyncIterable<ReplayInput>,
  options: ReplayOptions,
): Promise<ReplayResult> {
  const run = new ReplayRun(pipeline, options);
  for await (const { value, key } of input) run.push(value, key);
  return run.finish();
}

/**
 * The same, record by record. The clock stands at the greatest event time, or where {@link ReplayRun.advanceTo} has put
 * it: time passes only by records and by that.
 */
export class ReplayRun {
  private readonly partitions: ReplayPartition[];
  private readonly lookupTables: readonly LookupTable[];
  private readonly newest = new NewestRows();

  private readonly pipeline: CompiledPipeline;

  constructor(
    pipeline: CompiledPipeline,
    private readonly options: ReplayOptions,
  ) {
    this.pipeline = withoutRegistry(pipeline);
    this.lookupTables = replayTables(pipeline, options.lookups ?? {});
    this.partitions = Array.from({ length: options.partitions }, (_, partition) => this.createPartition(partition));
  }

  push(value: Uint8Array, key: Uint8Array | null = this.keyOf(value), place: ReplayPlace = {}): void {
    const { partition = key === null ? 0 : partitionOf(key, this.partitions.length), timestampMs = 0, headers } = place;
    const target = this.partitions[partition]!;
    target.process({ offset: target.task.position, timestampMs, key, value, ...(headers && { headers }) });
  }

  /** Epoch ms; -1 before the first accepted record. */
  get clockMs(): number {
    return Math.max(...this.partitions.map(({ clockMs }) => clockMs));
  }

  /**
   * Lets time pass without a record: emits updates that `every` has held back long enough, and closes what the silence
   * of a partition closes (`idleAfter`, `semantics.md` section 5). A clock before {@link clockMs} changes nothing.
   */
  advanceTo(clockMs: number): void {
    for (const partition of this.partitions) partition.advanceTo(clockMs, this.pipeline);
  }

  /** Ends the input: what `every` holds back is emitted, and open windows close if `close` asks for it. */
  finish(): ReplayResult {
    for (const partition of this.partitions) partition.finish(this.options.close);
    return { counts: this.counts, table: () => this.table() };
  }

  /** Totals of all partitions so far. */
  get counts(): TaskCounts {
    const counts = { accepted: 0, filtered: 0, late: 0, dead: 0 };
    for (const { task } of this.partitions) {
      const { totals } = task;
      for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] += totals[name];
    }
    return counts;
  }

  /** As of {@link ReplayResult}, of the rows that were emitted so far. */
  table(): Row[] {
    return this.newest.sorted();
  }

  private createPartition(partition: number): ReplayPartition {
    let current: SourceRecord | undefined;
    const task = new Task({
      id: { pipeline: this.pipeline.name, partition },
      pipeline: this.pipeline,
      lookupTables: this.lookupTables,
      generation: 0n,
      checkpoint: undefined,
      startOffset: 0n,
      shownUpTo: 0n,
      cacheBytes: Infinity,
      maxRows: Infinity,
      maxBytes: Infinity,
      keyedByMessage: false,
      onLate: (latenessMs) => current && this.options.onLate?.(current, latenessMs),
    });
    return new ReplayPartition(task, {
      onRecord: (record) => (current = record),
      onRow: (row) => this.emit(row),
      onDeadLetter: (letter) => this.options.onDeadLetter?.(letter),
    });
  }

  private emit(row: Row): void {
    this.newest.offer(row);
    this.options.onRow(row);
  }

  /** The message key that an ingester would give the record; none for one that cannot be decoded. */
  private keyOf(value: Uint8Array): Uint8Array | null {
    if (this.options.partitions === 1) return null;
    try {
      const record = { offset: 0n, timestampMs: 0, key: null, value };
      const fields = this.pipeline.decode(record);
      // A key may be made of derived fields.
      if (!this.pipeline.accepts(fields, record)) return null;
      return textEncoder.encode(encodeKey(this.pipeline.keyValues(fields)));
    } catch (error) {
      if (error instanceof PoisonRecordError) return null;
      throw error;
    }
  }
}

/** A run asks no server: where values have schemas in a registry, its records are JSON of the fields. */
function withoutRegistry(pipeline: CompiledPipeline): CompiledPipeline {
  if (!pipeline.schemas) return pipeline;
  const decode = jsonDecoder(pipeline.definition.spec.source.maxRecordBytes);
  return { ...pipeline, decode: ({ value }) => decode(value) };
}

interface ReplayEvents {
  readonly onRecord: (record: SourceRecord) => void;
  readonly onRow: (row: Row) => void;
  readonly onDeadLetter: (letter: DeadLetter) => void;
}

class ReplayPartition {
  private dead = 0;
  /** Where the clock was put; time may have gone on by records since. */
  private setClockMs = -1;
  private lastArrivalMs = -1;

  constructor(
    readonly task: Task,
    private readonly events: ReplayEvents,
  ) {}

  get clockMs(): number {
    return Math.max(this.setClockMs, this.task.time.streamTimeMs);
  }

  process(record: SourceRecord): void {
    this.events.onRecord(record);
    this.task.process([record]);
    const { clockMs } = this;
    this.lastArrivalMs = clockMs;
    const { dead } = this.task.totals;
    if (dead > this.dead || this.task.hasRowsDue(clockMs)) this.emit(clockMs);
    this.dead = dead;
  }

  advanceTo(clockMs: number, { idleAfterMs, outOfOrdernessMs }: CompiledPipeline): void {
    this.setClockMs = Math.max(this.setClockMs, clockMs);
    if (idleAfterMs !== undefined && this.clockMs - this.lastArrivalMs >= idleAfterMs) {
      this.task.advanceIdle(this.clockMs - outOfOrdernessMs - idleAfterMs);
      // The advance is a delta of its own, before what it closes.
      this.emit(this.clockMs);
    }
    if (this.task.hasRowsDue(this.clockMs)) this.emit(this.clockMs);
  }

  /** Updates that `every` holds back are due at the end of input; closing is only on request. */
  finish(close: boolean): void {
    if (close) this.task.closeAll();
    this.emit(Infinity);
  }

  private emit(clockMs: number): void {
    do {
      const frozen = this.task.freeze(clockMs);
      if (!frozen) return;
      for (const letter of frozen.deadLetters) this.events.onDeadLetter(letter);
      for (const row of frozen.rows) this.events.onRow(row);
      this.task.committed();
    } while (this.task.hasMore);
  }
}
