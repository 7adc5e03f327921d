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
  if (issue.code === 'invalid_type') {
    const expected = EXPECTED[issue.expected] ?? issue.expected;
    if (issue.input === undefined) return `is missing; ${expected} is needed`;
    return `${expected} is needed, not ${found(issue.input)}`;
  }
  if (issue.code === 'too_small') {
    const isNumber = issue.origin === 'number' || issue.origin === 'int';
    return isNumber ? `must be at least ${issue.minimum}` : 'must not be empty';
  }
  if (issue.code === 'too_big') {
    const unit = issue.origin === 'string' ? ' characters' : '';
    return `must be at most ${issue.maximum}${unit}`;
  }
  return issue.message ?? 'is not valid';
}

function found(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return value === null ? 'nothing' : kindOf(value).replace('an object', 'a mapping');
}
