import { displayed, kindOf } from '../decoding/displayed';
import { PoisonRecordError } from '../errors';
import type { JsonValue } from '../json';

/** An aggregate may keep thousands of values for each key: characters of names and texts, and parts, of one of them. */
export const MAX_KEPT_SIZE = 4096;
/** Far under what overflows the stack of JSON.stringify. */
export const MAX_KEPT_DEPTH = 32;

/**
 * A value that an aggregate may keep; `undefined` for null and missing. Throws PoisonRecordError `bad-value` for one
 * that is too large, too deep or no JSON. `label` names the expression in messages.
 */
export function keptArgument(value: unknown, label: string): JsonValue | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'boolean' || (typeof value === 'string' && value.length <= MAX_KEPT_SIZE)) return value;
  if (sizeWithin(value, MAX_KEPT_SIZE, 0, label) >= 0) return value as JsonValue;
  throw refused(value, label, `is larger than ${MAX_KEPT_SIZE} characters or ${MAX_KEPT_DEPTH} levels`);
}

/** What is left of `room`; negative when the value is too large or too deep. */
function sizeWithin(value: unknown, room: number, depth: number, label: string): number {
  if (typeof value === 'string') return room - value.length;
  if (value === null || typeof value === 'boolean') return room - 1;
  if (typeof value === 'number' && Number.isFinite(value)) return room - 1;
  if (typeof value !== 'object') throw refused(value, label, 'is no value of JSON');
  if (depth >= MAX_KEPT_DEPTH) return -1;
  let left = room - 1;
  for (const [name, part] of Object.entries(value)) {
    if (left < 0) return left;
    left = sizeWithin(part, Array.isArray(value) ? left : left - name.length, depth + 1, label);
  }
  return left;
}

function refused(value: unknown, label: string, why: string): PoisonRecordError {
  return new PoisonRecordError('bad-value', `${label}: ${displayed(value)} is ${kindOf(value)} that ${why}`);
}
