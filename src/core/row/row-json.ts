import type { JsonValue } from '../json';
import type { Window } from '../windows/window';
import type { Row } from './row';

/** Bounds in UTC; `index` for count windows only. */
export interface WindowJson {
  readonly start: string;
  readonly end: string;
  readonly index?: number;
}

/** A row as users see it: one JSON object, the same on standard output, in Kafka, in the live feed and over HTTP. */
export interface RowJson {
  readonly pipeline: string;
  readonly key: Row['key'];
  readonly window?: WindowJson;
  readonly values?: Readonly<Record<string, JsonValue>>;
  readonly deleted?: true;
  readonly revision: string;
  readonly final: boolean;
}

export function toRowJson(row: Row): RowJson {
  return {
    pipeline: row.pipeline,
    key: row.key,
    ...(row.window && { window: toWindowJson(row.window) }),
    ...(row.values ? { values: row.values } : { deleted: true as const }),
    revision: row.revision.toString(),
    final: row.final,
  };
}

function toWindowJson({ startMs, endMs, index }: Window): WindowJson {
  const start = new Date(startMs).toISOString();
  const end = new Date(endMs).toISOString();
  return index === undefined ? { start, end } : { start, end, index };
}

const texts = new WeakMap<Row, string>();
const windowTexts = new WeakMap<Window, string>();

/** The JSON text of {@link toRowJson}; made once for each row, however many sinks write it. */
export function rowText(row: Row): string {
  let text = texts.get(row);
  if (text === undefined) {
    text = write(row);
    texts.set(row, text);
  }
  return text;
}

/** Piece by piece, because rows of one window share most of their text: a third of the time of writing the object. */
function write(row: Row): string {
  const window = row.window ? `,"window":${windowText(row.window)}` : '';
  const values = row.values ? `,"values":${JSON.stringify(row.values)}` : ',"deleted":true';
  const head = `{"pipeline":${JSON.stringify(row.pipeline)},"key":${JSON.stringify(row.key)}`;
  return `${head}${window}${values},"revision":"${row.revision}","final":${row.final}}`;
}

function windowText(window: Window): string {
  let text = windowTexts.get(window);
  if (text === undefined) {
    text = JSON.stringify(toWindowJson(window));
    windowTexts.set(window, text);
  }
  return text;
}
