import { ConfigError } from '../errors';
import type { Fields } from './compiled-pipeline';
import { defineFunction, type FunctionDefinition } from './function-definition';

/**
 * A user's function over a whole record, which `where` and `derive` name as `name()`. It is given the record's fields
 * themselves, without a copy: it must not change them, and equal records must give equal results.
 */
export interface RecordFunction {
  readonly name: string;
  readonly result: 'bool' | 'dyn';
  /** Part of the fingerprint of the pipelines that call it: changes whenever results do. */
  readonly version: number;
  call(fields: Fields): unknown;
}

/** What CEL has to know of it, to check definitions that call it. */
export function declarationOf({ name, result, version }: RecordFunction): FunctionDefinition {
  const refused = (): never => {
    throw new ConfigError(`${name}() is a function over the record: it can only stand by itself`);
  };
  return defineFunction(name, `(): ${result}`, refused, version);
}
