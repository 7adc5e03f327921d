import { Readable } from 'node:stream';
import { type CsvError, type Info, parse } from 'csv-parse';
import { csvCell } from '../core/decoding/csv-decoder';
import { ConfigError } from '../core/errors';
import type { Line } from './lines';

export type OnBadLine = (line: number, message: string) => void;

const BATCH_RECORDS = 1_000;
/** A quote that is never closed takes what follows into one cell; beyond this the line is given up. */
const MAX_RECORD_BYTES = 1_048_576;

interface Row {
  readonly record: readonly string[];
  readonly info: Info;
}

/**
 * Rows of a CSV stream as JSON objects, named by the first line. A cell that reads as a number becomes one, an empty cell
 * becomes null. A row that cannot be read goes to `onBadLine`; the others go on. Throws ConfigError for a wrong header.
 */
export async function* csvRecords(
  chunks: AsyncIterable<Uint8Array>,
  onBadLine: OnBadLine,
): AsyncGenerator<readonly Line[]> {
  const reportOnce = oncePerLine(onBadLine);
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: MAX_RECORD_BYTES,
    on_skip: (error) => reportOnce(lineOf(error), error?.message ?? 'it cannot be read'),
  });
  const source = Readable.from(chunks, { objectMode: false });
  // `pipe` hands on no errors: without this a broken file would look like the end of the input.
  source.on('error', (error) => parser.destroy(error));
  let header: readonly string[] | undefined;
  let batch: Line[] = [];
  try {
    for await (const { record, info } of source.pipe(parser) as AsyncIterable<Row>) {
      if (!header) header = headerOf(record);
      else if (record.length !== header.length) onBadLine(info.lines, columnCount(record, header));
      else batch.push({ line: info.lines, value: Buffer.from(jsonOf(header, record)) });
      if (batch.length < BATCH_RECORDS) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  } finally {
    source.destroy();
  }
}

/** The parser tells of each quote out of place, the user wants to know of the line. */
function oncePerLine(onBadLine: OnBadLine): (line: number, message: string) => undefined {
  let last: number | undefined;
  return (line, message) => {
    if (line !== last) onBadLine(line, message);
    last = line;
  };
}

/** The names as they begin the members of a JSON object, `"name":`. */
function headerOf(names: readonly string[]): readonly string[] {
  const empty = names.findIndex((name) => name.trim() === '');
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (empty !== -1)
    throw new ConfigError(`line 1: column ${empty + 1} has no name; the first line must name the columns`);
  if (twice !== undefined) throw new ConfigError(`line 1: two columns are called "${twice}"`);
  return names.map((name) => `${JSON.stringify(name.trim())}:`);
}

function jsonOf(header: readonly string[], cells: readonly string[]): string {
  let json = '{';
  for (let i = 0; i < cells.length; i++) {
    json += (i === 0 ? '' : ',') + header[i]! + JSON.stringify(csvCell(cells[i]!));
  }
  return `${json}}`;
}

function columnCount(record: readonly string[], header: readonly string[]): string {
  return `it has ${record.length} cells, the header has ${header.length}`;
}

function lineOf(error: CsvError | undefined): number {
  const { lines } = (error ?? {}) as { lines?: unknown };
  return typeof lines === 'number' ? lines : 0;
}
