import type { JsonValue } from '../json';

/** Thrown when an expression gives something that JSON cannot hold. Its message follows the expression's text. */
export class NoJsonError extends Error {
  override readonly name = 'NoJsonError';
}

/** The result of an expression as JSON: integers become numbers, timestamps ISO 8601 text. Throws NoJsonError. */
export function toJson(result: unknown): JsonValue {
  if (typeof result === 'number') {
    if (Number.isFinite(result)) return result;
    throw new NoJsonError(`the result is ${result}, not a number`);
  }
  if (typeof result === 'bigint') return Number(result);
  if (typeof result === 'string' || typeof result === 'boolean') return result;
  return result === null || result === undefined ? null : objectToJson(result);
}

function objectToJson(result: unknown): JsonValue {
  if (Array.isArray(result)) return result.map(toJson);
  if (isUnsigned(result)) return Number(result.valueOf());
  if (result instanceof Date) return result.toISOString();
  if (isPlainObject(result))
    return Object.fromEntries(Object.entries(result).map(([name, part]) => [name, toJson(part)]));
  const kind = typeof result === 'object' && result !== null ? result.constructor.name : typeof result;
  throw new NoJsonError(`the result is a ${kind}, which JSON cannot hold`);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The library's unsigned integers, whose class it keeps to itself. */
function isUnsigned(value: unknown): value is { valueOf(): bigint } {
  return typeof value === 'object' && value !== null && typeof value.valueOf() === 'bigint';
}
