import { parse } from 'csv-parse/sync';
import { csvCell } from '../../core/decoding/csv-decoder';
import { messageOf } from '../../core/errors';
import { BadItem } from '../../core/feeds/compiled-feed';
import type { HttpPollDefinition } from '../../core/feeds/feed-source-definition';
import { FailedPoll } from './failed-poll';
import { beginningOf, type HttpAnswer, shown } from './http-request';

type Format = Pick<HttpPollDefinition, 'format' | 'csv' | 'url'>;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * What an answer holds: a JSON document, or a list of what its lines hold, in which a line that cannot be read is a
 * BadItem and the others go on. Throws FailedPoll `not-understood` for what is none of it, such as a page of HTML.
 */
export function bodyIn(answer: HttpAnswer, { format, csv, url }: Format): unknown {
  const text = textIn(answer, url);
  const isHtml = /^\s*<(!doctype|html)/i.test(text);
  if (isHtml) throw notUnderstood(answer, url, `${format.toUpperCase()} is needed, this is HTML`);
  if (format === 'ndjson') return text.split('\n').filter(isNotEmpty).map(jsonItem);
  if (format === 'csv') return cellsIn(text, csv, answer, url);
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw notUnderstood(answer, url, `it is no JSON: ${messageOf(thrown).replace(/\s+/g, ' ')}`);
  }
}

function textIn(answer: HttpAnswer, url: string): string {
  try {
    return utf8.decode(answer.bytes);
  } catch {
    throw notUnderstood(answer, url, 'it is no UTF-8 text');
  }
}

function notUnderstood({ bytes, headers }: HttpAnswer, url: string, why: string): FailedPoll {
  const type = headers['content-type'] ?? 'no content type';
  return new FailedPoll(
    'not-understood',
    `${shown(url)}: ${why} (${bytes.length} bytes of ${type}, ${beginningOf(bytes)})`,
  );
}

function jsonItem(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (thrown) {
    return new BadItem(line, `the line is no JSON: ${messageOf(thrown)}`);
  }
}

function isNotEmpty(line: string): boolean {
  return line.trim() !== '';
}

function cellsIn(text: string, csv: Format['csv'], answer: HttpAnswer, url: string): unknown[] {
  let rows: string[][];
  try {
    const { delimiter } = csv;
    rows = parse(text, { bom: true, delimiter, relax_column_count: true, skip_empty_lines: true });
  } catch (thrown) {
    throw notUnderstood(answer, url, `it is no CSV: ${messageOf(thrown)}`);
  }
  const columns = csv.columns ?? rows.shift();
  return rows.map((cells) => {
    if (!columns || cells.length !== columns.length) {
      const message = `the row has ${cells.length} cells, ${columns?.length ?? 0} are needed`;
      return new BadItem(cells.join(csv.delimiter), message);
    }
    return Object.fromEntries(columns.map((name, i) => [name, csvCell(cells[i]!)]));
  });
}
