import { parseIsoTime } from '../core/decoding/iso-time';
import type { SourceRecord } from '../core/ports/record-source.port';
import type { PoisonReason } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { Row } from '../core/row/row';
import { toRowJson } from '../core/row/row-json';
import type { RowOfShape, Shape } from '../builder/shape';
import type { BuiltPipeline, Pipeline } from '../builder/stages';
import { type ReplayPlace, ReplayRun } from './replay';
import type { ReplayLookups } from './replay-lookups';

export interface TestDriverOptions {
  /** Default 1. */
  readonly partitions?: number;
  /** Entries of the reference tables that the pipeline looks records up in, by the tables' names. */
  readonly tables?: ReplayLookups;
}

export interface PipeOptions {
  /** The message key; default the pipeline's own. */
  readonly key?: string;
  /** The record's own timestamp; default what the clock shows, or 1970 while it shows nothing. */
  readonly timestamp?: Time;
  /** Default the one that the message key belongs to. */
  readonly partition?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A moment: epoch milliseconds, ISO 8601 text, or a date. */
export type Time = number | string | Date;

export interface LateRecordOf<Input> {
  readonly record: Input;
  /** How long before the record the latest of its windows had ended, by the watermark. */
  readonly latenessMs: number;
}

export interface DeadLetterOf {
  /** The record as it was put in, as text. */
  readonly value: string;
  readonly reason: PoisonReason;
  readonly message: string;
}

const utf8 = { encode: new TextEncoder(), decode: new TextDecoder() };

/**
 * Runs a pipeline without a server and in virtual time: time passes only by the event times of records and by
 * {@link advanceTo}, so that equal calls give equal rows. Rows come as soon as they are due, without waiting for a
 * checkpoint.
 */
export class TestDriver<Types extends Shape> {
  private readonly run: ReplayRun;
  private readonly partitions: number;
  private readonly pipeline: CompiledPipeline;
  private emitted: Row[] = [];
  private lateRecords: LateRecordOf<Types['input']>[] = [];
  private dead: DeadLetterOf[] = [];
  private isClosed = false;

  /** Throws ConfigError when the pipeline is wrong, or looks records up in a table whose entries are not given. */
  constructor(pipeline: Pipeline<Types> | BuiltPipeline<Types>, { partitions = 1, tables }: TestDriverOptions = {}) {
    this.pipeline = 'build' in pipeline ? pipeline.build().compiled : pipeline.compiled;
    this.partitions = partitions;
    this.run = new ReplayRun(this.pipeline, {
      partitions,
      close: true,
      ...(tables && { lookups: tables }),
      onRow: (row) => this.emitted.push(row),
      onLate: (record, latenessMs) => this.lateRecords.push({ record: this.recordOf(record), latenessMs }),
      onDeadLetter: ({ record, reason, message }) => this.dead.push({ value: textOf(record), reason, message }),
    });
  }

  /**
   * Puts a record into the topic. A text is taken as it is, even if it is nothing that the pipeline can read. Throws
   * RangeError for a partition that there is not.
   */
  pipe(record: Types['input'] | string, options: PipeOptions = {}): this {
    this.mustBeOpen('pipe');
    const key = options.key === undefined ? undefined : utf8.encode.encode(options.key);
    const { timestamp, partition = 0 } = options;
    if (!Number.isInteger(partition) || partition < 0 || partition >= this.partitions) {
      throw new RangeError(`partition ${partition}: there are ${this.partitions}, numbered from 0`);
    }
    const place: ReplayPlace = {
      timestampMs: timestamp === undefined ? Math.max(0, this.run.clockMs) : epochMs(timestamp),
      ...(options.partition !== undefined && { partition }),
      ...(options.headers && { headers: options.headers }),
    };
    this.run.push(utf8.encode.encode(this.valueOf(record)), key, place);
    return this;
  }

  /**
   * Lets time pass: updates that `emit.every` held back come out, and a partition that has been silent for `idleAfter`
   * closes its windows. Throws RangeError for a time before the clock's.
   */
  advanceTo(time: Time): this {
    this.mustBeOpen('advanceTo');
    const clockMs = epochMs(time);
    const nowMs = this.run.clockMs;
    if (clockMs < nowMs)
      throw new RangeError(`advanceTo: the clock is at ${isoText(nowMs)}, after ${isoText(clockMs)}`);
    this.run.advanceTo(clockMs);
    return this;
  }

  /** Rows emitted since the last call, in their order. */
  rows(): RowOfShape<Types>[] {
    return this.emitted.splice(0).map((row) => this.typed(row));
  }

  /** The newest version of each row so far, without deleted ones, by key and then start. */
  table(): RowOfShape<Types>[] {
    return this.run.table().map((row) => this.typed(row));
  }

  /** Records since the last call that were late. */
  late(): LateRecordOf<Types['input']>[] {
    return this.lateRecords.splice(0);
  }

  /** Records since the last call that could not be processed, and why. */
  deadLetters(): DeadLetterOf[] {
    return this.dead.splice(0);
  }

  /** Ends the input: open windows close, and what `emit.every` holds back comes out. The last rows stay to be read. */
  close(): this {
    this.mustBeOpen('close');
    this.run.finish();
    this.isClosed = true;
    return this;
  }

  private typed(row: Row): RowOfShape<Types> {
    return toRowJson(row) as unknown as RowOfShape<Types>;
  }

  private valueOf(record: Types['input'] | string): string {
    if (typeof record === 'string') return record;
    const { csv } = this.pipeline.definition.spec.source;
    if (!csv) return JSON.stringify(record);
    return csv.columns.map((name) => csvCell((record as Record<string, unknown>)[name])).join(',');
  }

  private recordOf(record: SourceRecord): Types['input'] {
    return this.pipeline.decode(record);
  }

  private mustBeOpen(call: string): void {
    if (this.isClosed) throw new Error(`${call}: the test driver is closed; make another one`);
  }
}

function csvCell(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function textOf({ value }: SourceRecord): string {
  return value === null ? '' : utf8.decode.decode(value);
}

function epochMs(time: Time): number {
  const ms = typeof time === 'string' ? parseIsoTime(time) : Number(time);
  if (ms !== undefined && Number.isFinite(ms)) return ms;
  throw new RangeError(`${JSON.stringify(time)} is no time; ISO 8601 text, epoch milliseconds or a date is needed`);
}

function isoText(ms: number): string {
  return new Date(ms).toISOString();
}
