import type { ASTNode } from '@marcbachmann/cel-js';
import { type AggregateDefinition, signatureOf } from '../aggregates/aggregate-definition';
import type { Aggregator } from '../aggregates/aggregator';
import type { AggregateRegistry } from '../aggregates/registry';
import type { ConstantParameter, RecordParameter } from '../aggregates/parameter';
import { ConfigError } from '../errors';
import { faultOf } from './cel';
import type { Language } from './language';
import { literalOf } from './literal';
import { nearest, suggestion } from './nearest';

/** `vwap(price, volume / 1000)`, taken apart. */
export interface AggregateCall {
  readonly definition: AggregateDefinition;
  /** With the constants of the call bound. */
  readonly aggregator: Aggregator;
  /** Those that each record gives, in order; the constants are not among them. */
  readonly args: readonly RecordArgument[];
}

/** One argument that is an expression over fields. */
export interface RecordArgument {
  /** The parameter that it is given for. */
  readonly name: string;
  readonly kind: RecordParameter['kind'];
  readonly text: string;
  /** Name of the field when the argument is nothing else. */
  readonly field: string | undefined;
  /** Where the argument starts in the text of the call. */
  readonly start: number;
}

export interface AggregateFault {
  readonly message: string;
  readonly start?: number;
}

/** Takes `name(arguments)` apart, or says what is wrong with it and where. */
export function parseAggregateCall(text: string, language: Language): AggregateCall | AggregateFault {
  let ast: ASTNode;
  try {
    ast = language.cel.parse(text).ast;
  } catch (error) {
    return faultOf(error);
  }
  if (ast.op !== 'call') return notACall(text, ast, language.aggregates);
  const [name, args] = ast.args;
  const definition = language.aggregates.named(name).find(({ parameters }) => parameters.length === args.length);
  if (!definition) return { message: unknownAggregate(name, args.length, language.aggregates), start: ast.range.start };
  return bind(definition, args, text);
}

function bind(definition: AggregateDefinition, args: readonly ASTNode[], text: string): AggregateCall | AggregateFault {
  const ofRecord: RecordArgument[] = [];
  const constants: unknown[] = [];
  for (const [i, parameter] of definition.parameters.entries()) {
    const node = args[i]!;
    if (parameter.of === 'record') ofRecord.push(recordArgument(parameter, node, text));
    else {
      const constant = readConstant(parameter, node);
      if (constant === undefined) return wrongConstant(definition, parameter, node);
      constants.push(constant);
    }
  }
  return create(definition, constants, ofRecord);
}

/** Constants may each be right and not go together. */
function create(
  definition: AggregateDefinition,
  constants: readonly unknown[],
  args: readonly RecordArgument[],
): AggregateCall | AggregateFault {
  try {
    return { definition, aggregator: definition.create(constants), args };
  } catch (error) {
    if (error instanceof ConfigError) return { message: error.message };
    throw error;
  }
}

function recordArgument({ name, kind }: RecordParameter, node: ASTNode, text: string): RecordArgument {
  const { start, end } = node.range;
  const field = node.op === 'id' ? node.args : undefined;
  return { name, kind, text: text.slice(start, end), field, start };
}

function readConstant(parameter: ConstantParameter, node: ASTNode): unknown {
  const literal = literalOf(node);
  return literal === undefined ? undefined : parameter.read(literal);
}

function wrongConstant(
  definition: AggregateDefinition,
  { name, expected }: ConstantParameter,
  node: ASTNode,
): AggregateFault {
  const isLiteral = literalOf(node) !== undefined;
  const written = isLiteral ? '' : ', written out: it is the same for all records';
  return { message: `${signatureOf(definition)}: ${name} must be ${expected}${written}`, start: node.range.start };
}

function notACall(text: string, ast: ASTNode, { names }: AggregateRegistry): AggregateFault {
  const example = ast.op === 'id' && nearest(ast.args, names) ? `${text}(pm25)` : 'avg(pm25)';
  return { message: `an aggregate such as ${example} is needed; one of ${names.join(', ')}` };
}

function unknownAggregate(name: string, arity: number, aggregates: AggregateRegistry): string {
  const known = aggregates.named(name);
  if (known.length === 0) return `unknown aggregate "${name}"${suggestion(name, aggregates.names)}`;
  const counts = known.map(({ parameters }) => parameters.length);
  const plural = counts.at(-1) === 1 ? '' : 's';
  const signatures = known.map(signatureOf).join(' or ');
  return `${name}() takes ${counts.join(' or ')} argument${plural}, not ${arity}: ${signatures}`;
}
