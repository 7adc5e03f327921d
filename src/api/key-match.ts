import type { JsonPrimitive } from '../core/json';
import type { KeyFields } from '../core/row/row';

/** Whether each wanted field reads as its text: `5` wants the number and the text, because a URL has no types. */
export function matchesKey(key: KeyFields, wanted: ReadonlyMap<string, string>): boolean {
  for (const [name, text] of wanted) {
    if (String(key[name]) !== text) return false;
  }
  return true;
}

/**
 * Every typed key that reads as the wanted texts, the one of only texts first; `undefined` unless each of `names` is
 * wanted. At most 2^fields, since a text reads as at most one other value.
 */
export function typedKeys(
  names: readonly string[],
  wanted: ReadonlyMap<string, string>,
): readonly (readonly JsonPrimitive[])[] | undefined {
  let keys: (readonly JsonPrimitive[])[] = [[]];
  for (const name of names) {
    const text = wanted.get(name);
    if (text === undefined) return undefined;
    keys = typedValues(text).flatMap((value) => keys.map((key) => [...key, value]));
  }
  return names.length === 0 ? undefined : keys;
}

function typedValues(text: string): readonly JsonPrimitive[] {
  if (text === 'true' || text === 'false') return [text, text === 'true'];
  const number = Number(text);
  return Number.isFinite(number) && String(number) === text ? [text, number] : [text];
}
