import type { Row } from './row';

/** A row as users see it: one JSON object, the same on standard output, in Kafka, in the live feed and over HTTP. */
export interface RowJson {
  readonly pipeline: string;
  readonly key: Row['key'];
  readonly window?: { readonly start: string; readonly end: string };
  readonly values?: NonNullable<Row['values']>;
  readonly deleted?: true;
  readonly revision: string;
  readonly final: boolean;
}

export function toRowJson(row: Row): RowJson {
  return {
    pipeline: row.pipeline,
    key: row.key,
    ...(row.window && {
      window: { start: new Date(row.window.startMs).toISOString(), end: new Date(row.window.endMs).toISOString() },
    }),
    ...(row.values ? { values: row.values } : { deleted: true as const }),
    revision: row.revision.toString(),
    final: row.final,
  };
}

const texts = new WeakMap<Row, string>();

/** The JSON text of a row; made once for each row, however many sinks write it. */
export function rowText(row: Row): string {
  let text = texts.get(row);
  if (text === undefined) {
    text = JSON.stringify(toRowJson(row));
    texts.set(row, text);
  }
  return text;
}
