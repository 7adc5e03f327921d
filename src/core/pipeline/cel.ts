import {
  type ASTNode,
  Environment,
  EvaluationError,
  ParseError,
  type ParseResult,
  TypeError,
} from '@marcbachmann/cel-js';
import { ConfigError, messageOf } from '../errors';
import type { FunctionDefinition } from './function-definition';

const ARITHMETIC: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
};

/**
 * CEL as pipelines speak it. Beyond the standard, numbers of a record, which are all doubles, mix with integer
 * literals (`pm25 * 2`), and `%` takes doubles. Two integer literals keep integer division: `7 / 2` is 3. Throws
 * ConfigError for a function that CEL cannot take.
 */
export function createCelEnvironment(functions: readonly FunctionDefinition[]): Environment {
  const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });
  for (const [operator, compute] of Object.entries(ARITHMETIC)) {
    const mixed = (left: unknown, right: unknown): number => compute(Number(left), Number(right));
    environment.registerOperator(`int ${operator} double: double`, mixed);
    environment.registerOperator(`double ${operator} int: double`, mixed);
  }
  environment.registerOperator('double % double: double', (left: number, right: number) => left % right);
  for (const definition of functions) register(environment, definition);
  return environment;
}

/** Adds a function. Throws ConfigError for one that CEL cannot take. */
export function register(environment: Environment, { name, parameters, result, call }: FunctionDefinition): void {
  const handler = (...args: unknown[]): unknown => {
    const returned = (call as (...given: unknown[]) => unknown)(...args.map(plainNumber));
    return result === 'int' && typeof returned === 'number' ? BigInt(Math.round(returned)) : returned;
  };
  try {
    for (const types of withIntegers(parameters)) {
      environment.registerFunction(`${name}(${types.join(', ')}): ${result}`, handler);
    }
  } catch (error) {
    throw new ConfigError(`function ${name}(${parameters.join(', ')}): ${result}: ${faultOf(error).message}`);
  }
}

const plainNumber = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);

/** CEL converts nothing: a literal such as `9` is no double. One overload for each choice. */
function withIntegers(parameters: readonly string[]): string[][] {
  return parameters.reduce<string[][]>(
    (lists, type) => lists.flatMap((list) => (type === 'double' ? ['double', 'int'] : [type]).map((t) => [...list, t])),
    [[]],
  );
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
