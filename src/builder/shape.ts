import type { JsonPrimitive, JsonValue } from '../core/json';
import type { WindowJson } from '../core/row/row-json';
import type { WindowKind } from './windows';

/** The types of one pipeline. */
export interface Shape {
  /** Fields of a record as it is in the topic. */
  readonly input: object;
  readonly key: object;
  /** `none` without windows; `unknown` for a definition that is not written in TypeScript. */
  readonly window: WindowKind | 'none' | 'unknown';
  readonly values: object;
}

/** What is known of a pipeline that comes from YAML. */
export interface UnknownShape extends Shape {
  readonly input: Readonly<Record<string, unknown>>;
  readonly key: Readonly<Record<string, JsonPrimitive>>;
  readonly window: 'unknown';
  readonly values: Readonly<Record<string, JsonValue>>;
}

declare const shape: unique symbol;

/** Something that has the types of a pipeline. */
export interface Shaped<Types extends Shape> {
  readonly [shape]?: Types;
}

type WindowPart<Kind extends Shape['window']> = Kind extends 'global' | 'none'
  ? { readonly window?: undefined }
  : Kind extends 'unknown'
    ? { readonly window?: WindowJson }
    : { readonly window: WindowJson };

/** Rows of sessions and of sliding windows may be deleted by later ones. */
type ValuesPart<Kind extends Shape['window'], Values> = Kind extends 'session' | 'sliding' | 'unknown'
  ? { readonly values?: Values; readonly deleted?: true }
  : { readonly values: Values };

interface CommonPart<Key> {
  readonly pipeline: string;
  readonly key: Key;
  /** Orders the versions of one row. */
  readonly revision: string;
  readonly final: boolean;
}

/** A row as on standard output, in Kafka and over HTTP, with the types of its pipeline. */
export type RowOfShape<Types extends Shape> = CommonPart<Types['key']> &
  WindowPart<Types['window']> &
  ValuesPart<Types['window'], Types['values']>;

/** The rows of a pipeline: `type Row = RowOf<typeof airQuality>`. */
export type RowOf<Pipeline> = Pipeline extends Shaped<infer Types> ? RowOfShape<Types> : never;

/** The records of a pipeline's topic. */
export type RecordOf<Pipeline> = Pipeline extends Shaped<infer Types> ? Types['input'] : never;
