import type { JsonPrimitive } from '../json';
import type { KeyFields } from './row';

/**
 * The canonical text of a key: injective, so that it can be the key's identity in state, topics and pages.
 * A single text that does not start with `[` stands for itself; everything else is a JSON array.
 */
export function encodeKey(values: readonly JsonPrimitive[]): string {
  const only = values[0];
  if (values.length === 1 && typeof only === 'string' && only.charCodeAt(0) !== 0x5b) return only;
  return JSON.stringify(values);
}

/** The inverse of {@link encodeKey}; `names` are the key fields of the pipeline, in order. */
export function decodeKey(keyText: string, names: readonly string[]): KeyFields {
  const values = keyText.startsWith('[') ? (JSON.parse(keyText) as JsonPrimitive[]) : [keyText];
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? null]));
}
