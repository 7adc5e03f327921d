import type { z } from 'zod';
import { kindOf } from '../decoding/displayed';

type RawIssue = z.core.$ZodRawIssue;

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

/** Messages for what the schema itself has no words for. They follow the path of the value. */
export function definitionMessage(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type': {
      const expected = EXPECTED[issue.expected] ?? issue.expected;
      return issue.input === undefined
        ? `is missing; ${expected} is needed`
        : `${expected} is needed, not ${found(issue.input)}`;
    }
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `must be at least ${issue.minimum}`
        : 'must not be empty';
    case 'too_big':
      return issue.origin === 'string'
        ? `must have at most ${issue.maximum} characters`
        : `must be at most ${issue.maximum}`;
    default:
      return issue.message ?? 'is not valid';
  }
}

function found(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return value === null ? 'nothing' : kindOf(value).replace('an object', 'a mapping');
}
