import type { ASTNode } from '@marcbachmann/cel-js';
import type { Aggregator } from '../aggregates/aggregator';
import { aggregatorNames, aggregatorOf } from '../aggregates/registry';
import { celEnvironment, faultOf } from './cel';
import { nearest, suggestion } from './nearest';
import { NOT_SUPPORTED } from './schema-kit';

/** `avg(pm25 * 2)`, taken apart. */
export interface AggregateCall {
  readonly aggregator: Aggregator;
  /** Text of the argument; `undefined` for `count()`. */
  readonly argument: string | undefined;
  /** Name of the field when the argument is nothing else. */
  readonly field: string | undefined;
  /** Where the argument starts in the text of the call. */
  readonly argumentStart: number;
}

export interface AggregateFault {
  readonly message: string;
  readonly start?: number;
}

/** Aggregates of `semantics.md` section 4 that later versions bring. */
const PLANNED = [
  ...['first', 'last', 'arg_min', 'arg_max', 'variance', 'stddev', 'quantile', 'distinct', 'top_k', 'ohlc', 'vwap'],
  ...['ewma', 'rate', 'delta', 'collect', 'histogram', 'custom'],
];

/** Takes `name(argument)` apart, or says what is wrong with it and where. */
export function parseAggregateCall(text: string): AggregateCall | AggregateFault {
  let ast: ASTNode;
  try {
    ast = celEnvironment.parse(text).ast;
  } catch (error) {
    return faultOf(error);
  }
  if (ast.op !== 'call') return notACall(text, ast);
  const [name, args] = ast.args;
  const aggregator = aggregatorOf(name, args.length);
  if (!aggregator) return { message: unknownAggregate(name, args.length), start: ast.range.start };
  const [argument] = args;
  if (!argument) return { aggregator, argument: undefined, field: undefined, argumentStart: 0 };
  const { start, end } = argument.range;
  return {
    aggregator,
    argument: text.slice(start, end),
    field: argument.op === 'id' ? argument.args : undefined,
    argumentStart: start,
  };
}

function notACall(text: string, ast: ASTNode): AggregateFault {
  const example = ast.op === 'id' && nearest(ast.args, aggregatorNames()) ? `${text}(pm25)` : 'avg(pm25)';
  return { message: `an aggregate such as ${example} is needed; one of ${aggregatorNames().join(', ')}` };
}

function unknownAggregate(name: string, arity: number): string {
  const known = aggregatorNames();
  if (known.includes(name)) return `${name}() takes ${aritiesOf(name)}, not ${arity}`;
  if (PLANNED.includes(name)) return `aggregate "${name}" ${NOT_SUPPORTED}; supported: ${known.join(', ')}`;
  return `unknown aggregate "${name}"${suggestion(name, known)}`;
}

const MOST_ARGUMENTS = 3;

function aritiesOf(name: string): string {
  const arities = Array.from({ length: MOST_ARGUMENTS + 1 }, (_, arity) => arity).filter((n) => aggregatorOf(name, n));
  return `${arities.join(' or ')} argument${arities.at(-1) === 1 ? '' : 's'}`;
}
