import type { JsonValue } from '../json';
import { canonicalText } from './kept-value';

/** What makes a JSON value equal to another, as a key of a Map. */
export type IdentityKey = string | number | boolean | null;

const MARK = '\u0000';

/** Primitives are their own keys; lists and objects become marked text. */
export function identityKey(value: JsonValue): IdentityKey {
  if (typeof value === 'string') return value.startsWith(MARK) ? MARK + value : value;
  return typeof value === 'object' && value !== null ? MARK + canonicalText(value) : value;
}

/** Numbers by size, texts by code units, kinds by their names. */
export function isKeyBefore(left: IdentityKey, right: IdentityKey): boolean {
  if (typeof left !== typeof right) return typeof left < typeof right;
  return left !== null && right !== null && left < right;
}
