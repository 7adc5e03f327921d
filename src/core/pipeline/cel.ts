import {
  type ASTNode,
  Environment,
  EvaluationError,
  ParseError,
  type ParseResult,
  TypeError,
} from '@marcbachmann/cel-js';
import { messageOf } from '../errors';
import { aqiBand } from './cel-functions';

const ARITHMETIC: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
};

/**
 * CEL as pipelines speak it. Beyond the standard, numbers of a record, which are all doubles, mix with integer
 * literals (`pm25 * 2`), and `%` takes doubles. Two integer literals keep integer division: `7 / 2` is 3.
 */
export const celEnvironment = createEnvironment();

function createEnvironment(): Environment {
  const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });
  for (const [operator, compute] of Object.entries(ARITHMETIC)) {
    const mixed = (left: unknown, right: unknown): number => compute(Number(left), Number(right));
    environment.registerOperator(`int ${operator} double: double`, mixed);
    environment.registerOperator(`double ${operator} int: double`, mixed);
  }
  environment.registerOperator('double % double: double', (left: number, right: number) => left % right);
  environment.registerFunction('aqi_band(double): string', aqiBand);
  environment.registerFunction('aqi_band(int): string', (value: bigint) => aqiBand(Number(value)));
  return environment;
}

/** Names of the functions that an expression can call. */
export function celFunctionNames(): string[] {
  const callable = celEnvironment.getDefinitions().functions.filter((known) => !known.receiverType);
  return [...new Set(callable.map((known) => known.name))];
}

export type Expression = ParseResult;

/** What is wrong with an expression: one line, and the span within its text where the library knows it. */
export interface ExpressionFault {
  readonly message: string;
  readonly start?: number;
  readonly node?: ASTNode;
  readonly code?: string;
}

/** Why parsing, checking or evaluating failed, without the picture that the library adds to its messages. */
export function faultOf(thrown: unknown): ExpressionFault {
  if (!(thrown instanceof ParseError || thrown instanceof TypeError || thrown instanceof EvaluationError)) {
    return { message: oneLine(messageOf(thrown)) };
  }
  const start = thrown.range?.start;
  return {
    message: oneLine(thrown.summary),
    code: thrown.code,
    ...(start !== undefined && { start }),
    ...(thrown.node && 'op' in thrown.node && { node: thrown.node as ASTNode }),
  };
}

function oneLine(text: string): string {
  return text.replaceAll(/dyn<([^<>]*)>/g, '$1').replaceAll(/\s+/g, ' ');
}
