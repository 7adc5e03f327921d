import { partitionOf } from '../core/partitioning/murmur2';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { SourceRecord } from '../core/ports/record-source.port';
import { PoisonRecordError } from '../core/errors';
import { encodeKey } from '../core/row/key';
import type { Row } from '../core/row/row';
import type { DeadLetter } from '../core/task/dead-letter';
import { Task } from '../core/task/task';
import type { TaskCounts } from '../core/ports/state-store.port';

export interface ReplayInput {
  readonly value: Uint8Array;
  /** The message key; the pipeline's key when absent. */
  readonly key?: Uint8Array | null;
}

export interface ReplayOptions {
  readonly partitions: number;
  /** Whether to close the windows that are open when the input ends. */
  readonly close: boolean;
  readonly onRow: (row: Row) => void;
  readonly onDeadLetter?: (letter: DeadLetter) => void;
  /** A record that was late, with how late it was in ms. */
  readonly onLate?: (record: SourceRecord, latenessMs: number) => void;
}

export interface ReplayResult {
  readonly counts: TaskCounts;
  /** The newest revision of each row, without deleted ones, ordered by key and then by start. */
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

/** The same, record by record. */
export class ReplayRun {
  private readonly partitions: ReplayPartition[];
  private readonly newest = new Map<string, Row>();

  constructor(
    private readonly pipeline: CompiledPipeline,
    private readonly options: ReplayOptions,
  ) {
    this.partitions = Array.from({ length: options.partitions }, (_, partition) => this.createPartition(partition));
  }

  push(value: Uint8Array, key: Uint8Array | null = this.keyOf(value)): void {
    const partition = key === null ? 0 : partitionOf(key, this.partitions.length);
    const target = this.partitions[partition]!;
    target.process({ offset: target.task.position, timestampMs: 0, key, value });
  }

  finish(): ReplayResult {
    for (const partition of this.partitions) partition.finish(this.options.close);
    const counts = { accepted: 0, filtered: 0, late: 0, dead: 0 };
    for (const { task } of this.partitions) {
      const { totals } = task;
      for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] += totals[name];
    }
    return { counts, table: () => [...this.newest.values()].filter(({ values }) => values).sort(byKeyThenStart) };
  }

  private createPartition(partition: number): ReplayPartition {
    let current: SourceRecord | undefined;
    const task = new Task({
      id: { pipeline: this.pipeline.name, partition },
      pipeline: this.pipeline,
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
    this.newest.set(`${row.window?.startMs}\n${row.window?.endMs}\n${row.keyText}`, row);
    this.options.onRow(row);
  }

  /** The message key that an ingester would give the record; none for one that cannot be decoded. */
  private keyOf(value: Uint8Array): Uint8Array | null {
    if (this.options.partitions === 1) return null;
    try {
      const fields = this.pipeline.decode({ offset: 0n, timestampMs: 0, key: null, value });
      return textEncoder.encode(encodeKey(this.pipeline.keyValues(fields)));
    } catch (error) {
      if (error instanceof PoisonRecordError) return null;
      throw error;
    }
  }
}

interface ReplayEvents {
  readonly onRecord: (record: SourceRecord) => void;
  readonly onRow: (row: Row) => void;
  readonly onDeadLetter: (letter: DeadLetter) => void;
}

class ReplayPartition {
  private dead = 0;

  constructor(
    readonly task: Task,
    private readonly events: ReplayEvents,
  ) {}

  process(record: SourceRecord): void {
    this.events.onRecord(record);
    this.task.process([record]);
    const { dead } = this.task.totals;
    if (dead > this.dead || this.task.hasRowsDue(this.task.time.streamTimeMs)) this.emit(this.task.time.streamTimeMs);
    this.dead = dead;
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

function byKeyThenStart(a: Row, b: Row): number {
  if (a.keyText !== b.keyText) return a.keyText < b.keyText ? -1 : 1;
  return (a.window?.startMs ?? 0) - (b.window?.startMs ?? 0);
}
