import type { SchemaDecoders } from '../decoding/schema-decoders';
import type { Aggregator } from '../aggregates/aggregator';
import type { JsonPrimitive, JsonValue } from '../json';
import type { CompiledLookup } from '../lookup/compiled-lookup';
import type { SourceRecord } from '../ports/record-source.port';
import type { SchemaWriting } from '../ports/schema-codec.port';
import type { KeyFields } from '../row/row';
import type { Window, WindowAssigner } from '../windows/window';
import type { PipelineDefinition } from './definition';
import type { BoardView } from './redis-sink-definition';

/** A decoded record: its fields and, once derived, the derived ones. Fields that expressions name are never undefined. */
export type Fields = Record<string, unknown>;

export interface CompiledAggregate {
  readonly name: string;
  readonly aggregator: Aggregator;
  /**
   * The argument for one record, a tuple if there are several; `undefined` when any is missing or null, so that the
   * aggregate ignores the record. The next call changes the tuple: use it before.
   * Throws PoisonRecordError when it is of the wrong type, naming expression and value.
   */
  readonly argument: (fields: Fields) => unknown;
}

/** Column values of one row, by column name. Throws FatalError when an expression fails. */
export type ColumnExpressions = Readonly<Record<string, ColumnExpression>>;

export interface ColumnExpression {
  readonly text: string;
  /** Whether it is equal for all versions of a row, as when only `key.*` and `window.*` are named: what a primary key column needs. */
  readonly identifiesRow: boolean;
  evaluate(row: ColumnContext): JsonValue;
}

/** What column expressions see. */
export interface ColumnContext {
  readonly key: KeyFields;
  readonly window: Window | undefined;
  /** Undefined while only the identity of a row is asked for. */
  readonly values: Readonly<Record<string, JsonValue>> | undefined;
  readonly revision: bigint;
  readonly final: boolean;
}

export type CompiledSink =
  | {
      readonly kind: 'cassandra';
      readonly keyspace: string;
      readonly table: string;
      readonly columns: ColumnExpressions;
      readonly cached?: boolean;
      readonly writeTime?: 'revision' | 'event-time';
      /** Columns of the clustering key whose value may change from one version of a row to the next. */
      readonly moving?: readonly string[];
      /** Those that hold when the row was written, which are not among `columns`; none if absent. */
      readonly clockColumns?: readonly string[];
    }
  | {
      readonly kind: 'kafka';
      readonly topic: string;
      readonly delivery: 'at-least-once' | 'exactly-once';
      /** There when rows are written with a schema of a registry rather than as JSON. */
      readonly writing?: SchemaWriting;
    }
  | { readonly kind: 'live' }
  | CompiledBoard
  | CompiledMetrics;

/** A `metrics` sink: numbers for Prometheus. */
export interface CompiledMetrics {
  readonly kind: 'metrics';
  readonly valueName: string;
  readonly value: ColumnExpression;
  readonly title: ColumnExpression | undefined;
  /** Of each task. */
  readonly maxSeries: number;
  /** Since the row came, by the clock of the service. */
  readonly ttlMs: number;
}

/** A `redis` sink: boards of members in order of a score, or counts of members. */
export interface CompiledBoard {
  readonly kind: 'redis';
  readonly view: BoardView;
  /** Which board a row is for; `undefined` for the only one. */
  readonly key: ColumnExpression | undefined;
  /** `undefined` for `latest`, where each row is its own. */
  readonly member: ColumnExpression | undefined;
  /** `undefined` for `unique`, and for `latest` by the end of the window. */
  readonly score: ColumnExpression | undefined;
  /** Which scores stay when there are more members than `size`. */
  readonly keeps: 'highest' | 'lowest';
  /** 0 for `unique`, which keeps no members. */
  readonly size: number;
  /** After the last row; `undefined` for ever. */
  readonly ttlMs: number | undefined;
}

/** How records are aggregated before the repartition topic. */
export interface Partials {
  /** A partial covers at most this many offsets of a source partition, from a multiple of it on. */
  readonly range: bigint;
  /** What partials are made with. */
  readonly aggregates: readonly CompiledAggregate[];
}

/** A validated definition turned into closures. Pure: equal records give equal answers. */
export interface CompiledPipeline {
  readonly name: string;
  readonly definition: PipelineDefinition;
  /** Hash of all that the meaning of state depends on: source, time, filters, key, window, aggregates. */
  readonly fingerprint: string;
  /** Of the user's own aggregates and functions that the definition calls, by name. */
  readonly versions: Readonly<Record<string, number>>;
  /** There when values have schemas in a registry: those of the records in hand have to be loaded before {@link decode}. */
  readonly schemas?: SchemaDecoders;
  /** Names of fields, at any depth, that must not be shown: see `withoutPersonal`. */
  readonly personal: readonly string[];
  /** Step 1 of `semantics.md` section 2. Throws PoisonRecordError. */
  decode(record: SourceRecord): Fields;
  /** Epoch ms in [0, 2100). Throws PoisonRecordError. */
  eventTimeMs(fields: Fields, record: SourceRecord): number;
  /** What is added to a record before {@link accepts}, in order. */
  readonly lookups: readonly CompiledLookup[];
  /** `where` and `derive`: false when filtered. Adds the derived fields. Throws PoisonRecordError. */
  accepts(fields: Fields, record: SourceRecord): boolean;
  /** Values of the key fields, in order; none in a pipeline without windows. Throws PoisonRecordError when one is missing or no text, number or boolean. */
  keyValues(fields: Fields): readonly JsonPrimitive[];
  readonly keyNames: readonly string[];
  /**
   * Where windows lie; `undefined` when only the records of a key tell: session, sliding and count windows, and pipelines
   * without windows.
   */
  readonly windows: WindowAssigner | undefined;
  /** The zone that the record names in `zoneField`; empty without one. Throws PoisonRecordError. */
  zoneOf(fields: Fields): string;
  readonly graceMs: number;
  /** How long after it closed a window may still be corrected, ms; 0 unless `late: amend`. */
  readonly amendMs: number;
  /** Where late records go; `undefined` unless `late: topic`. */
  readonly lateTopic: string | undefined;
  readonly outOfOrdernessMs: number;
  /** `undefined` for `never`. */
  readonly idleAfterMs: number | undefined;
  readonly advanceOn: 'accepted' | 'all';
  readonly aggregates: readonly CompiledAggregate[];
  /** There if records are aggregated before the repartition topic. {@link aggregates} then take partials too. */
  readonly partials?: Partials;
  readonly emitOnUpdate: boolean;
  readonly emitOnClose: boolean;
  /** A row for each record that changes it; then no other row. */
  readonly emitOnRecord: boolean;
  /** Least time between two emissions of updates, ms; 0 for one with each checkpoint, Infinity to hold them back. */
  readonly emitEveryMs: number;
  readonly sinks: readonly CompiledSink[];
}
