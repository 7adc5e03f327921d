import { type AggregateDefinition, signatureOf } from './aggregate-definition';
import { builtInAggregates } from './built-in';

/** One line of the table of aggregates. */
export interface AggregateReference {
  /** `quantile(x, q)` */
  readonly signature: string;
  readonly parameters: readonly { readonly name: string; readonly takes: string }[];
  readonly result: string;
  readonly guarantee: string;
  readonly space: string;
}

const TAKES = { number: 'a number', any: 'any value', presence: 'any value', numbers: 'an object of numbers' } as const;

/** What users are told of each aggregate, for the documentation. */
export function aggregateReference(
  definitions: readonly AggregateDefinition[] = builtInAggregates,
): readonly AggregateReference[] {
  return definitions.map((definition) => ({
    signature: signatureOf(definition),
    parameters: definition.parameters.map((parameter) => ({
      name: parameter.name,
      takes: parameter.of === 'record' ? TAKES[parameter.kind] : parameter.expected,
    })),
    result: definition.result,
    guarantee: definition.guarantee,
    space: definition.space,
  }));
}
