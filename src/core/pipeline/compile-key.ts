import { displayed, kindOf } from '../decoding/displayed';
import { PoisonRecordError } from '../errors';
import type { JsonPrimitive } from '../json';
import type { CompiledPipeline, Fields } from './compiled-pipeline';
import { fieldReader } from './field-reader';

/** Reads the key fields. Throws PoisonRecordError `bad-key` for values that cannot identify a row. */
export function compileKey(names: readonly string[]): CompiledPipeline['keyValues'] {
  const readers = names.map((name) => ({ name, read: fieldReader(name) }));
  return (fields: Fields) => readers.map(({ name, read }) => keyValue(name, read(fields)));
}

function keyValue(name: string, value: unknown): JsonPrimitive {
  if (typeof value === 'string') {
    // A lone surrogate has no UTF-8: different keys would become equal outside of the process.
    if (value.isWellFormed()) return value;
    throw badKey(name, `${displayed(value)} is no well-formed text`);
  }
  if (typeof value === 'number') {
    if (Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
    throw badKey(name, `${value} is too large to be exact; send it as text`);
  }
  if (typeof value === 'boolean') return value;
  if (value === undefined || value === null) throw badKey(name, value === null ? 'is null' : 'is missing');
  throw badKey(name, `is ${kindOf(value)}; text, a number or a boolean is needed`);
}

function badKey(name: string, what: string): PoisonRecordError {
  return new PoisonRecordError('bad-key', `key field "${name}" ${what}`);
}
