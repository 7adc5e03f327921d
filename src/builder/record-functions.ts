import { fnv1a64 } from '../core/pipeline/fingerprint';
import type { RecordFunction } from '../core/pipeline/record-function';

/** Hexadecimal digits of a hash that a number holds exactly. */
const VERSION_DIGITS = 13;

type AnyFunction = (record: never) => unknown;

const versions = new WeakMap<AnyFunction, number>();

/**
 * Says the version of a function of `where` or `derive`, to be changed when its results do. Without it the version is a
 * hash of the function's text, which does not show what the function closes over, and changes with the compiler.
 */
export function versioned<Function extends AnyFunction>(version: number, call: Function): Function {
  versions.set(call, version);
  return call;
}

/** The function under a name that the definition can call. It must be pure: records are processed again after a crash. */
export function recordFunction(
  name: string,
  result: RecordFunction['result'],
  call: (record: never) => unknown,
): RecordFunction {
  return { name, result, version: versions.get(call) ?? hashOf(call), call };
}

function hashOf(call: AnyFunction): number {
  return Number.parseInt(fnv1a64(String(call)).slice(0, VERSION_DIGITS), 16);
}
