import type { JsonValue } from '../json';
import type { Aggregator } from './aggregator';
import type { ConstantParameter, Parameter, RecordParameter } from './parameter';

/** What users are told of an aggregate. */
export interface AggregateDescription {
  /** As it is called: letters, digits and `_`. Several definitions may share it if they take different numbers of arguments. */
  readonly name: string;
  /** The JSON of a result: `number`, `list of {value, count}`. */
  readonly result: string;
  readonly guarantee: string;
  /** Bytes, or their bound, of one accumulator as it is stored. */
  readonly space: string;
  /**
   * Changes whenever the meaning of results or of stored state does; it is part of the fingerprint of the pipelines that
   * use the aggregate. Those built in have none: their encodings carry versions of their own.
   */
  readonly version?: number;
  /**
   * `false` for one whose records have an order, such as a model that learns: `merge` throws, and only windows that keep one
   * accumulator for each key can use it.
   */
  readonly mergeable?: false;
  /**
   * The order of records never shows, not even among those of one event time: accumulators of several partitions may be
   * merged as they come. What `spec.repartition.preAggregate` needs.
   */
  readonly commutes?: true;
}

/** An aggregate as definitions can call it. */
export interface AggregateDefinition<
  Parameters extends readonly Parameter[] = readonly Parameter[],
  Result extends JsonValue = JsonValue,
> extends AggregateDescription {
  readonly parameters: Parameters;
  /** Binds the constants, given in the order of the parameters. */
  create(constants: readonly unknown[]): Aggregator & Resulting<Result>;
}

/** What the results of an aggregator are. */
interface Resulting<Result extends JsonValue> {
  result(accumulator: never): Result;
}

/** The constants among parameters, in order. */
type ConstantsOf<Parameters extends readonly Parameter[]> = Parameters extends readonly [
  infer First,
  ...infer Rest extends readonly Parameter[],
]
  ? First extends ConstantParameter<infer Value>
    ? [Value, ...ConstantsOf<Rest>]
    : ConstantsOf<Rest>
  : [];

type ValueOf<Kind> = Kind extends 'number'
  ? number
  : Kind extends 'any'
    ? JsonValue
    : Kind extends 'numbers'
      ? Readonly<Record<string, number | null>>
      : unknown;

type ValuesOf<Parameters extends readonly Parameter[]> = Parameters extends readonly [
  infer First,
  ...infer Rest extends readonly Parameter[],
]
  ? First extends RecordParameter<infer Kind>
    ? [ValueOf<Kind>, ...ValuesOf<Rest>]
    : ValuesOf<Rest>
  : [];

/** What `add` gets: `true` without record arguments, the argument itself, or a tuple of several. */
export type ArgumentOf<Parameters extends readonly Parameter[]> =
  ValuesOf<Parameters> extends [] ? true : ValuesOf<Parameters> extends [infer Only] ? Only : ValuesOf<Parameters>;

/**
 * Defines an aggregate, built in or a user's own. `create` gets the constants among the parameters, in order:
 *
 * ```ts
 * defineAggregate({
 *   name: 'power_mean', version: 1, parameters: [numberArgument('x'), wholeNumber('p', 1, 9)],
 *   result: 'number', guarantee: 'exact but for rounding', space: '16 bytes',
 *   create: (p) => new PowerMean(p),
 * })
 * ```
 */
export function defineAggregate<const Parameters extends readonly Parameter[], Result extends JsonValue>(
  definition: AggregateDescription & {
    readonly parameters: Parameters;
    create(...constants: ConstantsOf<Parameters>): Aggregator<unknown, ArgumentOf<Parameters>> & Resulting<Result>;
  },
): AggregateDefinition<Parameters, Result> {
  return {
    ...definition,
    create: (constants) => definition.create(...(constants as ConstantsOf<Parameters>)),
  };
}

/** `top_k(x, k)` */
export function signatureOf({ name, parameters }: AggregateDefinition): string {
  return `${name}(${parameters.map((parameter) => parameter.name).join(', ')})`;
}
