import type { JsonValue } from '../core/json';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { PipelineDefinition } from '../core/pipeline/definition';
import type { AggregateSpec, ResultsOf } from './aggregate-spec';
import type { Cel } from './cel';
import type { Duration } from './duration';
import type { Found, LookupOptions, MissingPolicy, TableSpec } from './lookups';
import type { PipelineModel } from './model';
import type { FieldName, FieldOf, KeyField, Merged, Present, Seen } from './record-fields';
import type { Shape, Shaped } from './shape';
import type { SinkSpec } from './sinks';
import type { TopicSource } from './source';
import type { WindowKind, WindowSpec } from './windows';

/** After `pipeline(name)`. */
export interface Start {
  /** Where records come from. */
  from<Input extends object>(source: TopicSource<Input>): Sourced<Input, Input>;
}

/** A condition over a record: CEL, or a pure function. */
export type Condition<Fields> = string | Cel<boolean> | ((record: Seen<Fields>) => boolean);

export interface Sourced<Input extends object, Fields extends object> extends Derivable<Input, Fields> {
  /** Adds the entry of a reference table to each record, as the field `as`. */
  lookup<const As extends string, Entry, const Missing extends MissingPolicy = null>(
    as: As,
    table: TableSpec<Entry>,
    options: LookupOptions<FieldName<Fields>, Missing>,
  ): Sourced<Input, Merged<Fields, { [Name in As]: Found<Entry, Missing> }>>;
  /** Records for which this does not hold are left out. */
  where(condition: Condition<Fields>): Derivable<Input, Fields>;
}

/** New fields: CEL, or pure functions that give JSON. */
type Derivations<Fields> = Readonly<Record<string, string | Cel | ((record: Seen<Fields>) => JsonValue)>>;

type DerivedBy<Given> = {
  [Name in keyof Given]: Given[Name] extends (record: never) => infer Result
    ? Result
    : Given[Name] extends Cel<infer Result>
      ? unknown extends Result
        ? JsonValue
        : Result
      : JsonValue;
};

export interface Derivable<Input extends object, Fields extends object> extends WithoutKey<Input, Fields> {
  /** New fields for what follows. Those of one call do not see each other's types; call it again for that. */
  derive<Given extends Derivations<Fields>>(fields: Given): Derivable<Input, Merged<Fields, DerivedBy<Given>>>;
}

/** A pipeline that makes a row of each record, as long as it is given no key. */
interface WithoutKey<Input extends object, Fields extends object> extends Writable<{
  input: Input;
  key: Record<never, never>;
  window: 'none';
  values: Fields;
}> {
  /** What rows are kept for. */
  by<const Names extends readonly [KeyField<Fields>, ...KeyField<Fields>[]]>(
    ...names: Names
  ): Keyed<Input, Fields, { readonly [Name in Names[number]]: Present<Fields[Name & keyof Fields]> }>;
}

export interface Keyed<Input extends object, Fields extends object, Key extends object> {
  window<Kind extends WindowKind>(
    window: WindowSpec<Kind, FieldOf<Fields, string>>,
  ): Windowed<Fields, { input: Input; key: Key; window: Kind; values: object }>;
}

type Aggregates<Fields> = Readonly<Record<string, AggregateSpec<FieldOf<Fields, number>, FieldName<Fields>>>>;

export interface Windowed<Fields extends object, Types extends Shape> {
  /** What each row holds, by name. */
  aggregate<Given extends Aggregates<Fields>>(
    aggregates: Given,
  ): Aggregated<Omit<Types, 'values'> & { readonly values: ResultsOf<Fields, Given> }>;
}

export interface EmitOptions {
  /** Whether rows are emitted when they change, when their window closes, or both; default `update`. */
  readonly on?: 'update' | 'close' | 'both' | 'record';
  /** Least time between two updates; default `0s`, one with each checkpoint. */
  readonly every?: Duration;
}

/** What becomes of late records. */
export type LatePolicy = 'drop' | { readonly topic: string } | { readonly amend: Duration };

export interface CheckpointOptions {
  readonly interval?: Duration;
  readonly maxRows?: number;
  readonly maxBytes?: number | string;
}

export interface ErrorBudgetOptions {
  /** From 0 to 1; default 0.5. When more than this share of the last records became dead letters, the pipeline pauses. */
  readonly share?: number;
  /** How many records, the last ones, the share is of; default 1000. */
  readonly of?: number;
}

export type Aggregated<Types extends Shape> = Emitting<Types> &
  (Types['window'] extends 'count' | 'global' ? unknown : Lateness<Types>);

export interface Emitting<Types extends Shape> extends Writable<Types> {
  emit(options: EmitOptions): Aggregated<Types>;
}

interface Lateness<Types extends Shape> {
  /** Default `drop`. Windows of `count` and `global` have no late records. */
  late(policy: LatePolicy): Aggregated<Types>;
}

type WindowColumn<Kind extends Shape['window']> = Kind extends 'global'
  ? never
  : `window.${'start' | 'end' | 'date' | 'year'}` | (Kind extends 'count' ? 'window.index' : never);

/** What a column can name; in pipelines without windows the fields of the record. */
export type ColumnOf<Types extends Shape> =
  | (keyof Types['values'] & string)
  | 'revision'
  | 'final'
  | (Types['window'] extends 'none' ? never : `key.${keyof Types['key'] & string}` | WindowColumn<Types['window']>);

export interface Writable<Types extends Shape> {
  checkpoint(options: CheckpointOptions): this;
  /** Whether the key of a record that cannot be processed waits until the record is replayed; default `dead-letter`. */
  onPoison(policy: 'dead-letter' | 'park'): this;
  /** When to pause rather than to make dead letters of everything. */
  errorBudget(options: ErrorBudgetOptions): this;
  /** What to do when Redis has lost the state; default `rebuild`. */
  onStateLoss(policy: 'rebuild' | 'fail' | 'reset'): this;
  /** Where rows go. */
  to(...sinks: readonly [SinkSpec<ColumnOf<Types>>, ...SinkSpec<ColumnOf<Types>>[]]): Pipeline<Types>;
}

/** A whole pipeline. Nothing of it has been checked that types do not check. */
export interface Pipeline<Types extends Shape = Shape> extends Shaped<Types> {
  readonly model: PipelineModel;
  /** Checks and compiles it. Throws ConfigError with a line for each thing that is wrong. */
  build(): BuiltPipeline<Types>;
}

/** A pipeline without mistakes. */
export interface BuiltPipeline<Types extends Shape = Shape> extends Shaped<Types> {
  readonly name: string;
  /** What the same pipeline in YAML gives. */
  readonly definition: PipelineDefinition;
  readonly compiled: CompiledPipeline;
}
