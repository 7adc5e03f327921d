import type { AggregateDefinition } from '../../core/aggregates/aggregate-definition';
import type { Aggregator } from '../../core/aggregates/aggregator';
import type { Parameter } from '../../core/aggregates/parameter';
import type { FunctionDefinition } from '../../core/pipeline/function-definition';
import type { RecordFunction } from '../../core/pipeline/record-function';
import type { PipelineModel } from '../../builder/model';
import type { Described, DescribedAggregate, DescribedFunction, DescribedPipeline } from '../description';
import { encodeValue } from '../values';
import { aggregatorNumberOf, numberOf } from './calls';
import { guestKinds } from './kinds';
import { schemaDataOf } from './schema-data';

type Properties = Readonly<Record<string, unknown>>;
type Callable = (...args: unknown[]) => unknown;

const functions: DescribedFunction[] = [];
const aggregates: DescribedAggregate[] = [];
/** What a module and a pipeline in it both name is one thing outside, too. */
const known = new Map<object, number>();

/** What a module exports, as text: its functions by numbers, and null for what is nothing of ours. */
export function describe(exported: unknown): string {
  const parts = { ...propertiesOf(propertiesOf(exported)['default']), ...propertiesOf(exported) };
  const described: Described = {
    ...listed(parts, 'pipelines', pipelineOf),
    ...listed(parts, 'aggregates', aggregateOf),
    ...listed(parts, 'functions', functionOf),
    table: { functions, aggregates },
  };
  return encodeValue(described, guestKinds);
}

function listed<Name extends string, Part>(
  parts: Properties,
  name: Name,
  describeOne: (part: unknown) => Part | null,
): { readonly [Key in Name]?: readonly (Part | null)[] | 'no list' } {
  if (!(name in parts)) return {};
  const list = parts[name];
  const described = Array.isArray(list) ? list.map(describeOne) : ('no list' as const);
  return { [name]: described } as { readonly [Key in Name]?: readonly (Part | null)[] | 'no list' };
}

function propertiesOf(value: unknown): Properties {
  return typeof value === 'object' && value !== null ? (value as Properties) : {};
}

function numbered<Described>(part: object, table: Described[], describeOne: () => Described): number {
  const before = known.get(part);
  if (before !== undefined) return before;
  const number = table.push(describeOne()) - 1;
  known.set(part, number);
  return number;
}

function functionOf(part: unknown): number | null {
  const { name, parameters, call } = propertiesOf(part);
  if (typeof name !== 'string' || !Array.isArray(parameters) || typeof call !== 'function') return null;
  const definition = part as FunctionDefinition;
  return numbered(definition, functions, () => ({
    name,
    parameters: definition.parameters,
    result: definition.result,
    version: definition.version,
    call: numberOf(definition.call as Callable),
  }));
}

function aggregateOf(part: unknown): number | null {
  const { name, parameters, create } = propertiesOf(part);
  if (typeof name !== 'string' || !Array.isArray(parameters) || typeof create !== 'function') return null;
  const definition = part as AggregateDefinition;
  return numbered(definition, aggregates, () => {
    const { result, guarantee, space, version, mergeable, commutes } = definition;
    return {
      description: { name, result, guarantee, space, version, mergeable, commutes },
      parameters: definition.parameters.map(parameterOf),
      create: numberOf((constants) => createdBy(definition, constants as readonly unknown[])),
    };
  });
}

function parameterOf(parameter: Parameter): DescribedAggregate['parameters'][number] {
  if (parameter.of === 'record') return { ...parameter };
  const { name, of, expected } = parameter;
  return { name, of, expected, read: numberOf((literal) => parameter.read(literal as never)) };
}

function createdBy(definition: AggregateDefinition, constants: readonly unknown[]): unknown {
  const aggregator = definition.create(constants) as unknown as Aggregator<unknown, unknown>;
  return { name: aggregator.name, aggregator: aggregatorNumberOf(aggregator) };
}

function pipelineOf(part: unknown): DescribedPipeline | null {
  const model = propertiesOf(part)['model'] as PipelineModel | undefined;
  if (typeof model?.document !== 'object' || typeof model.extensions !== 'object') return null;
  const { document, extensions, check, argumentFields } = model;
  return {
    document: document as unknown as DescribedPipeline['document'],
    argumentFields,
    check: check && {
      version: check.version,
      call: numberOf((fields) => check.check(fields)),
      schema: schemaDataOf(check.schema),
    },
    functions: (extensions.functions ?? []).map(functionOf),
    aggregates: (extensions.aggregates ?? []).map(aggregateOf),
    recordFunctions: (extensions.recordFunctions ?? []).map(recordFunctionOf),
  };
}

function recordFunctionOf(definition: RecordFunction): DescribedPipeline['recordFunctions'][number] {
  const { name, result, version } = definition;
  return { name, result, version, call: numberOf((fields) => definition.call(fields as never)) };
}
