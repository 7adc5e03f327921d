import { type Cel, celText } from './cel';
import type { Duration } from './duration';

declare const types: unique symbol;

/** Where rows go, with what its columns name. */
export interface SinkSpec<Column extends string = string> {
  /** As a definition has it. */
  readonly sink: object;
  readonly [types]?: Column;
}

/** See "Properties" in docs/pipelines.md. */
export interface TableOptions {
  /** Clustering columns whose value may change. */
  readonly moving?: readonly string[];
  readonly writeTime?: 'revision' | 'event-time';
  readonly cached?: boolean;
}

/**
 * Rows of a table, written with their revisions. `columns` says what each holds: `key.location`, `window.start`,
 * `window.end`, `window.date`, `window.year`, an aggregate, `revision`, `final`, or CEL over them.
 */
export function cassandra<Column extends string = never>(
  table: `${string}.${string}`,
  columns: Readonly<Record<string, Column | Cel>>,
  options: TableOptions = {},
): SinkSpec<Column> {
  const texts = Object.entries(columns).map(([name, given]) => [name, celText(given)]);
  return { sink: { cassandra: { table, columns: Object.fromEntries(texts) as object, ...options } } };
}

/** Rows as JSON, keyed by the pipeline's key. */
export function kafka(
  topic: string,
  options: { readonly delivery?: 'at-least-once' | 'exactly-once' } = {},
): SinkSpec<never> {
  return { sink: { kafka: { topic, ...options } } };
}

/** What `redis` keeps of rows: see "Boards" in docs/pipelines.md. A text is CEL, as in a definition. */
export interface Boards {
  readonly leaderboard: Board & {
    readonly member: string;
    readonly score: string;
    readonly order?: 'highest' | 'lowest';
    readonly size?: number;
  };
  readonly latest: Board & { readonly at?: string; readonly size?: number };
  readonly unique: Board & { readonly member: string };
  readonly counter: Board & { readonly member: string; readonly value: string; readonly size?: number };
}

interface Board {
  /** Which board a row is for. */
  readonly key?: string;
  readonly ttl?: Duration | 'never';
}

/** A board of members or rows in Redis, `GET /v1/pipelines/{name}/{view}`; texts are CEL over key, window and aggregates. */
export function redis<View extends keyof Boards>(view: View, board: Boards[View]): SinkSpec<never> {
  return { sink: { redis: { [view]: board } } };
}

/**
 * The newest number of each key for Prometheus, `millrace_row_value`. `value` is an aggregate, or CEL as for columns;
 * `maxSeries` keys of a partition are shown, 100 unless given, each for `ttl` after its newest row, `1d` unless given, and
 * with what people call it if `title` says so.
 */
export function metrics<Column extends string = never>(
  name: string,
  value: Column | Cel,
  { title, ...options }: { readonly title?: Column | Cel; readonly maxSeries?: number; readonly ttl?: Duration } = {},
): SinkSpec<Column> {
  const texts = { value: celText(value), ...(title !== undefined && { title: celText(title) }) };
  return { sink: { metrics: { name, ...texts, ...options } } };
}

/** Server-sent events of `GET /v1/pipelines/{name}/live`. */
export function live(): SinkSpec<never> {
  return { sink: { live: {} } };
}
