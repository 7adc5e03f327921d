import { PoisonRecordError } from '../errors';
import type { SourceRecord } from '../ports/record-source.port';
import { type Expression, faultOf } from './cel';
import { mentionsIn } from './cel-names';
import type { Fields } from './compiled-pipeline';
import type { Language } from './language';
import { RECORD_VARIABLES } from './names';

/** An expression over a record. Throws PoisonRecordError `expression-failed` naming expression and cause. */
export type RecordExpression = (fields: Fields, record: SourceRecord) => unknown;

/** What an expression sees: `record` its fields, `key` and `timestamp`; `fields` nothing else. */
export type Scope = 'record' | 'fields';

function isVariable(name: string, scope: Scope): boolean {
  return scope === 'record' && (RECORD_VARIABLES as readonly string[]).includes(name);
}

/** Fields of the record that an expression names. */
export function fieldNamesIn(expression: Expression, scope: Scope): string[] {
  const names = mentionsIn(expression.ast).map((mention) => mention.name);
  return [...new Set(names)].filter((name) => !isVariable(name, scope));
}

export interface RecordExpressionSource {
  /** Says in messages where the expression stands: `where`, `derive.band`. */
  readonly label: string;
  readonly text: string;
  readonly scope: Scope;
}

/**
 * Compiles CEL over a record. The result is what the
 * library gives: integers are bigint. Evaluates on the record's fields themselves, without a copy, unless the
 * expression names `key` or `timestamp`.
 */
export function compileRecordExpression(source: RecordExpressionSource, language: Language): RecordExpression {
  const { label, text, scope } = source;
  const expression = language.cel.parse(text);
  const failed = (error: unknown): PoisonRecordError =>
    new PoisonRecordError('expression-failed', `${label}: ${text}: ${faultOf(error).message}`);
  const compute = recordFunctionOf(expression, language) ?? expression;
  const evaluate = (context: Fields): unknown => {
    try {
      return compute(context);
    } catch (error) {
      throw failed(error);
    }
  };
  const namesVariables = mentionsIn(expression.ast).some(({ name }) => isVariable(name, scope));
  return namesVariables ? (fields, record) => evaluate(contextOf(fields, record)) : evaluate;
}

/** An expression that is nothing but `name()` of a function over records is that function. */
function recordFunctionOf(
  { ast }: Expression,
  { recordFunctions }: Language,
): ((fields: Fields) => unknown) | undefined {
  if (ast.op !== 'call') return undefined;
  const known = recordFunctions.get(ast.args[0]);
  return known && ((fields) => known.call(fields));
}

const lenientUtf8 = new TextDecoder('utf-8');

/** The record's fields, and over them `key` (text or null) and `timestamp` (epoch ms) of the record itself. */
function contextOf(fields: Fields, record: SourceRecord): Fields {
  const key = record.key === null ? null : lenientUtf8.decode(record.key);
  return { ...fields, key, timestamp: record.timestampMs };
}
