import { type Cel, celText } from './cel';

declare const types: unique symbol;

/** Where rows go, with what its columns name. */
export interface SinkSpec<Column extends string = string> {
  /** As a definition has it. */
  readonly sink: object;
  readonly [types]?: Column;
}

/**
 * Rows of a table, written with their revisions. `columns` says what each holds: `key.location`, `window.start`,
 * `window.end`, `window.date`, `window.year`, an aggregate, `revision`, `final`, or CEL over them.
 */
export function cassandra<Column extends string = never>(
  table: `${string}.${string}`,
  columns: Readonly<Record<string, Column | Cel>>,
): SinkSpec<Column> {
  const texts = Object.entries(columns).map(([name, given]) => [name, celText(given)]);
  return { sink: { cassandra: { table, columns: Object.fromEntries(texts) as object } } };
}

/** Rows as JSON, keyed by the pipeline's key. */
export function kafka(
  topic: string,
  options: { readonly delivery?: 'at-least-once' | 'exactly-once' } = {},
): SinkSpec<never> {
  return { sink: { kafka: { topic, ...options } } };
}

/** Server-sent events of `GET /v1/pipelines/{name}/live`. */
export function live(): SinkSpec<never> {
  return { sink: { live: {} } };
}
