import type { JsonValue } from '../json';

/** The value of an entry: what its JSON says, or the text itself when it is no JSON. */
export function entryValue(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}
