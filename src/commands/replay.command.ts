import type { SourceRecord } from '../core/ports/record-source.port';
import { rowText } from '../core/row/row-json';
import type { DeadLetter } from '../core/task/dead-letter';
import { RecordFile } from '../ingestion/file-records';
import { replay as replayRecords, type ReplayResult } from '../testing/replay';
import type { CommandIo } from './command-io';
import { EXIT } from './exit-codes';
import { LineWriter } from './line-writer';
import { readLookups } from './lookup-files';
import { readPipeline } from './pipeline-file';

export interface ReplayOptions {
  /** NDJSON or CSV, gzip or not; `-` for standard input. */
  readonly input: string;
  readonly pipeline?: string;
  readonly rows?: boolean;
  readonly table?: boolean;
  readonly late?: boolean;
  readonly close?: boolean;
  readonly partitions: number;
  /** `NAME=FILE` for each table that the pipeline looks records up in. */
  readonly lookup?: readonly string[];
}

/** Beyond this many only their number is told. */
const MAX_SHOWN = 20;
/** How often the reading waits for whoever reads our rows. */
const RECORDS_BETWEEN_WAITS = 256;

/**
 * Runs one pipeline over a file in virtual time. Rows go to `io.stdout`, a JSON text a line; late records, dead letters and
 * the summary to `io.err`. Equal input gives equal output, byte by byte.
 */
export async function replay(file: string, options: ReplayOptions, io: CommandIo): Promise<number> {
  const pipeline = await readPipeline(file, options.pipeline, io);
  const lookups = await readLookups(options.lookup ?? [], pipeline, io);
  const report = new ReplayReport(io, options.late === true);
  const writer = new LineWriter(io.stdout);
  const printRows = options.rows === true || options.table !== true;
  const isCsvTopic = pipeline.definition.spec.source.format === 'csv';
  const input = new RecordFile({
    path: options.input,
    onBadLine: (line, message) => report.unreadable(line, message),
    ...(isCsvTopic && { format: 'lines' as const }),
  });
  const result = await replayRecords(pipeline, paced(input, writer), {
    partitions: options.partitions,
    lookups,
    close: options.close === true,
    onRow: (row) => {
      report.rows += 1;
      if (printRows) writer.line(rowText(row));
    },
    onDeadLetter: (letter) => report.deadLetter(letter),
    onLate: (record, latenessMs) => report.late(record, latenessMs),
  });
  if (options.table) for (const row of result.table()) writer.line(rowText(row));
  await writer.end();
  report.summary(result);
  return EXIT.done;
}

/** The records of a file, no faster than the rows are taken; they end when nobody takes rows any more. */
async function* paced(input: RecordFile, writer: LineWriter): AsyncGenerator<{ value: Uint8Array }> {
  for await (const batch of input.batches()) {
    for (let i = 0; i < batch.length; i++) {
      if (i % RECORDS_BETWEEN_WAITS === 0) await writer.ready();
      if (writer.closed) return;
      yield batch[i]!;
    }
  }
}

/** What goes to standard error. */
class ReplayReport {
  rows = 0;
  private dead = 0;
  private bad = 0;

  constructor(
    private readonly io: CommandIo,
    private readonly showLate: boolean,
  ) {}

  unreadable(line: number, message: string): void {
    this.bad += 1;
    if (this.bad <= MAX_SHOWN) this.io.err(`line ${line}: left out: ${message}`);
  }

  deadLetter({ partition, record, reason, message }: DeadLetter): void {
    this.dead += 1;
    if (this.dead <= MAX_SHOWN)
      this.io.err(`dead letter: partition ${partition} offset ${record.offset}: ${reason}: ${message}`);
  }

  late({ value }: SourceRecord, latenessMs: number): void {
    if (this.showLate)
      this.io.err(`late by ${latenessMs} ms: ${value === null ? 'null' : Buffer.from(value).toString()}`);
  }

  summary({ counts: { accepted, filtered, late, dead } }: ReplayResult): void {
    const records = accepted + filtered + late + dead;
    const hidden = Math.max(0, this.dead - MAX_SHOWN) + Math.max(0, this.bad - MAX_SHOWN);
    if (hidden > 0) this.io.err(`... and ${hidden} more`);
    const unreadable = this.bad > 0 ? `, ${this.bad} lines left out` : '';
    this.io.err(
      `${records} records: ${accepted} accepted, ${filtered} filtered, ${late} late, ${dead} dead; ${this.rows} rows${unreadable}`,
    );
  }
}
