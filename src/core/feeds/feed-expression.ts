import { kindOf } from '../decoding/displayed';
import { messageOf, PoisonRecordError } from '../errors';
import type { JsonValue } from '../json';
import { toJson } from '../pipeline/json-result';
import type { Language } from '../pipeline/language';
import { compileRecordExpression } from '../pipeline/record-expression';
import type { SourceRecord } from '../ports/record-source.port';

/** Names and what they stand for. */
export type Scope = Readonly<Record<string, unknown>>;

const NO_RECORD: SourceRecord = { offset: 0n, timestampMs: 0, key: null, value: null };

/** An expression whose result is JSON. It throws PoisonRecordError `expression-failed` that names it and the cause. */
export function jsonExpression(label: string, text: string, language: Language): (scope: Scope) => JsonValue {
  const expression = compileRecordExpression({ label, text, scope: 'fields' }, language);
  return (scope) => {
    const result = expression(scope, NO_RECORD);
    try {
      return toJson(result);
    } catch (thrown) {
      throw new PoisonRecordError('expression-failed', `${label}: ${text}: ${messageOf(thrown)}`);
    }
  };
}

/** The same whose result is as it was found, without a copy. */
export function rawExpression(label: string, text: string, language: Language): (scope: Scope) => unknown {
  const expression = compileRecordExpression({ label, text, scope: 'fields' }, language);
  return (scope) => expression(scope, NO_RECORD);
}

/** The same that says yes or no. */
export function condition(label: string, text: string, language: Language): (scope: Scope) => boolean {
  const expression = rawExpression(label, text, language);
  return (scope) => {
    const result = expression(scope);
    if (typeof result === 'boolean') return result;
    throw new PoisonRecordError(
      'expression-failed',
      `${label}: ${text}: the result is ${kindOf(result)}, not a boolean`,
    );
  };
}
