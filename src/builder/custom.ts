import type { AggregateDefinition } from '../core/aggregates/aggregate-definition';
import type { ConstantParameter, Parameter, RecordParameter } from '../core/aggregates/parameter';
import type { AggregateSpec, Plain } from './aggregate-spec';
import { callOf } from './aggregates';
import type { Cel } from './cel';
import type { JsonValue } from '../core/json';

/** What stands in a call for each parameter: fields or CEL for those of the record, literals for constants. */
type CallArguments<Parameters extends readonly Parameter[]> = {
  readonly [I in keyof Parameters]: Parameters[I] extends RecordParameter ? string | Cel : Literal;
};

type Literal = string | number | readonly number[];

/** Fields given for the record parameters of a kind. */
type FieldsFor<Parameters extends readonly Parameter[], Args extends readonly unknown[], Kind> = {
  [I in keyof Parameters]: Parameters[I] extends RecordParameter<infer Wanted>
    ? [Wanted] extends [Kind]
      ? I extends keyof Args
        ? Extract<Args[I], string>
        : never
      : never
    : never;
}[number];

/** Calls an aggregate of one's own, made by `defineAggregate`: `custom(powerMean, 'pm25', 3)`. */
export function custom<
  const Parameters extends readonly Parameter[],
  Result extends JsonValue,
  const Args extends CallArguments<Parameters>,
>(
  definition: AggregateDefinition<Parameters, Result>,
  ...args: Args
): AggregateSpec<
  FieldsFor<Parameters, Args, 'number'>,
  FieldsFor<Parameters, Args, 'any' | 'presence'>,
  Plain<Result>
> {
  const given = args as readonly (Literal | Cel)[];
  const parts = given.map((arg, i) =>
    isConstant(definition.parameters[i]) ? { literal: arg as Literal } : (arg as string | Cel),
  );
  return { ...callOf(definition.name, parts), definition };
}

function isConstant(parameter: Parameter | undefined): parameter is ConstantParameter {
  return parameter?.of === 'definition';
}
