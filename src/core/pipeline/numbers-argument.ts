import { MOST_NUMBERS } from '../aggregates/parameter';
import { displayed, kindOf } from '../decoding/displayed';
import { PoisonRecordError } from '../errors';

const MOST_CHARACTERS = 64;

/**
 * An object of numbers, each of which may be null; `undefined` for null and missing. Throws PoisonRecordError `bad-value`
 * for anything else, naming the number that is none. `label` names the expression in messages.
 */
export function numbersArgument(value: unknown, label: string): Readonly<Record<string, number | null>> | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw refused(`${label}: ${displayed(value)} is ${kindOf(value)}, an object of numbers is needed`);
  }
  const entries = Object.entries(value);
  if (entries.length > MOST_NUMBERS)
    throw refused(`${label}: ${entries.length} numbers, at most ${MOST_NUMBERS} may be`);
  for (const [name, number] of entries) {
    if (name.length > MOST_CHARACTERS) throw refused(`${label}: a name of more than ${MOST_CHARACTERS} characters`);
    if (number === null || (typeof number === 'number' && Number.isFinite(number))) continue;
    throw refused(`${label}: ${name} is ${displayed(number)}, a number or null is needed`);
  }
  return value as Readonly<Record<string, number | null>>;
}

function refused(message: string): PoisonRecordError {
  return new PoisonRecordError('bad-value', message);
}
