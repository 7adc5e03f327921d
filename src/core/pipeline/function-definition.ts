import { ConfigError } from '../errors';

/** A CEL function. Its arguments and its result are as CEL has them, but for integers, which are plain numbers. */
export interface FunctionDefinition {
  readonly name: string;
  /** Types of the parameters, e.g. `double`, `string`, `list<dyn>`. */
  readonly parameters: readonly string[];
  readonly result: string;
  /** Changes whenever results do; part of the fingerprint of the pipelines that use the function. None if built in. */
  readonly version: number | undefined;
  readonly call: (...args: never[]) => unknown;
}

const SIGNATURE = /^\(([^()]*)\)\s*:\s*(\S.*)$/;
const COMMA_OUTSIDE_BRACKETS = /,(?![^<]*>)/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Defines a function of expressions: `defineFunction('dew_point', '(double, double): double', dewPoint, 1)`. Where the
 * signature says `double`, integers are taken too; arguments that are integers and results of type `int` are plain
 * numbers for `call`. `call` must be pure: it is called again when records are. Throws ConfigError for a signature that
 * cannot be read.
 */
export function defineFunction<Args extends readonly unknown[]>(
  name: string,
  signature: string,
  call: (...args: Args) => unknown,
  version?: number,
): FunctionDefinition {
  const match = SIGNATURE.exec(signature.trim());
  if (!match || !NAME.test(name)) {
    throw new ConfigError(`function ${name}${signature}: a name and a signature such as "(double): string" are needed`);
  }
  const [, parameters = '', result = ''] = match;
  const types = parameters.trim() === '' ? [] : parameters.split(COMMA_OUTSIDE_BRACKETS).map((type) => type.trim());
  return { name, parameters: types, result: result.trim(), version, call: call };
}
