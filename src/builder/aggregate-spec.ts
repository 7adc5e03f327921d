import type { AggregateDefinition } from '../core/aggregates/aggregate-definition';
import type { JsonValue } from '../core/json';
import type { FieldName, Present } from './record-fields';

declare const types: unique symbol;

/** A result that is the same whatever the record. */
export interface Plain<Value> {
  readonly plain: Value;
}

/** One value of a field, or null. (Every object has a `valueOf`.) */
export interface ValueOf<Field> {
  readonly oneOf: Field;
}

/** Values of a field. */
export interface ListOf<Field> {
  readonly listOf: Field;
}

/** Values of a field, each with a number. */
export interface RankedBy<Field, Weight extends string> {
  readonly ranked: Field;
  readonly weight: Weight;
}

/** Items of a field's lists, each with how often it came. */
export interface RankedItems<Field> {
  readonly items: Field;
}

/** What the record has to have for an aggregate, and what it gives. */
export interface AggregateSpec<
  NumberField extends string = string,
  AnyField extends string = string,
  Result = unknown,
> {
  /** The call as a definition has it. */
  readonly call: string;
  /** A user's own aggregate. */
  readonly definition?: AggregateDefinition;
  /** Fields that the call names. */
  readonly fields: readonly string[];
  readonly [types]?: { readonly numbers: NumberField; readonly any: AnyField; readonly result: Result };
}

/** Values of a field; of an expression anything. */
type ValuesIn<Fields, Field> = [Field] extends [never]
  ? JsonValue
  : Field extends FieldName<Fields>
    ? Present<Fields[Field]>
    : never;

/** What is no list counts as one item. */
type ItemIn<Values> = Present<Values extends readonly (infer Item)[] ? Item : Values>;

type ResultIn<Fields, Result> =
  Result extends Plain<infer Value>
    ? Value
    : Result extends ValueOf<infer Field>
      ? ValuesIn<Fields, Field> | null
      : Result extends ListOf<infer Field>
        ? readonly ValuesIn<Fields, Field>[]
        : Result extends RankedBy<infer Field, infer Weight>
          ? readonly ({ readonly value: ValuesIn<Fields, Field> } & { readonly [Name in Weight]: number })[]
          : Result extends RankedItems<infer Field>
            ? readonly { readonly value: ItemIn<ValuesIn<Fields, Field>>; readonly count: number }[]
            : never;

/** The results of aggregates over records with such fields, by name. */
export type ResultsOf<Fields, Aggregates> = {
  readonly [Name in keyof Aggregates]: Aggregates[Name] extends AggregateSpec<string, string, infer Result>
    ? ResultIn<Fields, Result>
    : never;
};
