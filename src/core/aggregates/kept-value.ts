import { FatalError } from '../errors';
import type { JsonValue } from '../json';
import type { ByteReader, ByteWriter } from './bytes';

const TAG = { null: 0, false: 1, true: 2, number: 3, text: 4, json: 5 } as const;

/**
 * Writes any JSON value: a tag byte, then 8 bytes for a number, UTF-8 for text, JSON for lists and objects, in which `-0`
 * becomes 0.
 */
export function writeValue(writer: ByteWriter, value: JsonValue): void {
  if (typeof value === 'number') {
    writer.uint8(TAG.number);
    return writer.float64(value);
  }
  if (value === null) return writer.uint8(TAG.null);
  if (typeof value === 'boolean') return writer.uint8(value ? TAG.true : TAG.false);
  // Only JSON keeps a lone surrogate, which has no UTF-8.
  const isText = typeof value === 'string' && value.isWellFormed();
  writer.uint8(isText ? TAG.text : TAG.json);
  writer.text(isText ? value : JSON.stringify(value));
}

/** The inverse of {@link writeValue}. Throws FatalError for a tag that this build does not know. */
export function readValue(reader: ByteReader): JsonValue {
  const tag = reader.uint8();
  if (tag === TAG.number) return reader.float64();
  if (tag === TAG.null) return null;
  if (tag === TAG.false || tag === TAG.true) return tag === TAG.true;
  if (tag === TAG.text) return reader.text();
  if (tag === TAG.json) return JSON.parse(reader.text()) as JsonValue;
  throw new FatalError(`A stored value has tag ${tag}, this build reads 0 to 5. Run the build that wrote it.`);
}

const BYTES_OF_PART = 16;
const BYTES_PER_CHARACTER = 2;

/** What a value takes in memory, in bytes, as an estimate. */
export function valueBytes(value: JsonValue): number {
  if (typeof value === 'string') return BYTES_OF_PART + value.length * BYTES_PER_CHARACTER;
  if (typeof value !== 'object' || value === null) return BYTES_OF_PART;
  let bytes = BYTES_OF_PART;
  for (const [name, part] of Object.entries(value)) bytes += name.length * BYTES_PER_CHARACTER + valueBytes(part);
  return bytes;
}

/**
 * Text that is the same for equal values and no others: `1` and `"1"` differ, `-0` and `0` do not, the order of an
 * object's properties does not show.
 */
export function canonicalText(value: JsonValue): string {
  if (typeof value === 'string') return `"${value}`;
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return JSON.stringify(value, (_name, part: unknown) => (isObject(part) ? inOrderOfNames(part) : part));
}

function isObject(part: unknown): part is object {
  return typeof part === 'object' && part !== null && !Array.isArray(part);
}

function inOrderOfNames(part: object): object {
  return Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)));
}
