import { PoisonRecordError } from '../errors';
import type { JsonPrimitive } from '../json';
import type { Fields } from '../pipeline/compiled-pipeline';
import { type Decoder, textOf } from './decoder';

/** A number as JSON writes it. `007` and `+86` are codes, not numbers. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * One line of comma-separated cells (RFC 4180), named by `columns`. A cell that reads as a number becomes one, an empty
 * cell becomes null.
 */
export function csvDecoder(columns: readonly string[], maxBytes: number): Decoder {
  return (value) => {
    const cells = csvCells(textOf(value, maxBytes));
    if (cells.length !== columns.length) {
      throw new PoisonRecordError('not-decodable', `the line has ${cells.length} cells, ${columns.length} are needed`);
    }
    const fields: Fields = {};
    for (const [i, name] of columns.entries()) fields[name] = csvCell(cells[i] ?? '');
    return fields;
  };
}

/** What a cell stands for. Integers too large to be exact stay text. */
export function csvCell(cell: string): JsonPrimitive {
  if (cell === '') return null;
  if (!NUMBER.test(cell)) return cell;
  const number = Number(cell);
  const isExact = Number.isFinite(number) && (!Number.isInteger(number) || Number.isSafeInteger(number));
  return isExact ? number : cell;
}

/** The cells of one line. Throws PoisonRecordError `not-decodable` for a quote out of place or a second line. */
export function csvCells(text: string): string[] {
  const line = text.replace(/\r?\n$/, '');
  const cells: string[] = [];
  let position = 0;
  while (position <= line.length) {
    const { cell, end } = line[position] === '"' ? quotedCell(line, position) : plainCell(line, position);
    cells.push(cell);
    position = end + 1;
  }
  return cells;
}

function plainCell(line: string, start: number): { cell: string; end: number } {
  const comma = line.indexOf(',', start);
  const end = comma === -1 ? line.length : comma;
  const cell = line.slice(start, end);
  if (/["\r\n]/.test(cell))
    throw misplaced(/"/.test(cell) ? 'a quote inside an unquoted cell' : 'a second line', start);
  return { cell, end };
}

function quotedCell(line: string, start: number): { cell: string; end: number } {
  let end = start + 1;
  for (;;) {
    const quote = line.indexOf('"', end);
    if (quote === -1) throw misplaced('a quote that is never closed', start);
    if (line[quote + 1] !== '"') {
      if (quote + 1 < line.length && line[quote + 1] !== ',') throw misplaced('text after a closing quote', quote + 1);
      return { cell: line.slice(start + 1, quote).replaceAll('""', '"'), end: quote + 1 };
    }
    end = quote + 2;
  }
}

function misplaced(what: string, position: number): PoisonRecordError {
  return new PoisonRecordError('not-decodable', `the value is no CSV line: ${what} at character ${position + 1}`);
}
