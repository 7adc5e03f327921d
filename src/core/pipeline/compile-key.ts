import { displayed, kindOf } from '../decoding/displayed';
import { PoisonRecordError } from '../errors';
import type { JsonPrimitive } from '../json';
import type { CompiledPipeline, Fields } from './compiled-pipeline';
import { fieldReader } from './field-reader';

/**
 * Bytes in UTF-8 of all texts of a key together. Cassandra refuses partition keys beyond 64 KiB, and a key is also a
 * field name in Redis and a message key in Kafka.
 */
export const MAX_KEY_BYTES = 32 * 1024;
/** No UTF-16 unit takes more bytes in UTF-8. */
const MAX_BYTES_OF_UNIT = 3;

const utf8 = new TextEncoder();

/** Reads the key fields. Throws PoisonRecordError `bad-key` for values that cannot identify a row. */
export function compileKey(names: readonly string[]): CompiledPipeline['keyValues'] {
  const readers = names.map((name) => ({ name, read: fieldReader(name) }));
  const [only] = readers;
  if (only && readers.length === 1) {
    return (fields: Fields) => {
      const values = [keyValue(only.name, only.read(fields))];
      if (typeof values[0] === 'string' && values[0].length * MAX_BYTES_OF_UNIT > MAX_KEY_BYTES)
        checkSize(names, values);
      return values;
    };
  }
  return (fields: Fields) => {
    let units = 0;
    const values = readers.map(({ name, read }) => {
      const value = keyValue(name, read(fields));
      if (typeof value === 'string') units += value.length;
      return value;
    });
    if (units * MAX_BYTES_OF_UNIT > MAX_KEY_BYTES) checkSize(names, values);
    return values;
  };
}

function checkSize(names: readonly string[], values: readonly JsonPrimitive[]): void {
  const texts = values.filter((value) => typeof value === 'string');
  const bytes = texts.reduce((sum, text) => sum + utf8.encode(text).length, 0);
  if (bytes <= MAX_KEY_BYTES) return;
  const fields = names.map((name) => `"${name}"`).join(', ');
  throw new PoisonRecordError('bad-key', `the key (${fields}) has ${bytes} bytes, at most ${MAX_KEY_BYTES} are taken`);
}

function keyValue(name: string, value: unknown): JsonPrimitive {
  if (typeof value === 'string') {
    if (value === '') throw badKey(name, 'is empty');
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
