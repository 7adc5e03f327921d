import { FatalError, PoisonRecordError } from '../errors';
import type { HeaderContent, RecordHeaders, SourceRecord } from '../ports/record-source.port';
import { type Expression, faultOf } from './cel';
import { mentionsIn } from './cel-names';
import type { Fields } from './compiled-pipeline';
import type { Language } from './language';
import { RECORD_VARIABLES } from './names';

/**
 * An expression over a record. Throws PoisonRecordError `expression-failed` naming expression and cause; FatalError where a
 * function of the user does.
 */
export type RecordExpression = (fields: Fields, record: SourceRecord) => unknown;

/** What an expression sees: `record` its fields, `key`, `timestamp` and `headers`; `fields` nothing else. */
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
 * expression names `key`, `timestamp` or `headers`.
 */
export function compileRecordExpression(source: RecordExpressionSource, language: Language): RecordExpression {
  const { label, text, scope } = source;
  const expression = language.cel.parse(text);
  const failed = (error: unknown): PoisonRecordError =>
    error instanceof PoisonRecordError
      ? new PoisonRecordError(error.reason, `${label}: ${error.message}`)
      : new PoisonRecordError('expression-failed', `${label}: ${text}: ${faultOf(error).message}`);
  const compute = recordFunctionOf(expression, language) ?? expression;
  const evaluate = (context: Fields): unknown => {
    try {
      return compute(context);
    } catch (error) {
      // Not the record's fault: it would be refused, and all that come after it.
      if (error instanceof FatalError) throw error;
      throw failed(error);
    }
  };
  const mentions = mentionsIn(expression.ast).filter(({ name }) => isVariable(name, scope));
  if (mentions.length === 0) return evaluate;
  const inHeaders = mentions.filter(({ name }) => name === 'headers');
  if (inHeaders.length === 0) return (fields, record) => evaluate(contextOf(fields, record));
  const named = inHeaders.flatMap(({ field }) => (field === undefined ? [] : [field]));
  return (fields, record) => evaluate({ ...contextOf(fields, record), headers: headersOf(record, named) });
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

/** As text; of several of one name the last. Those that an expression names are null where the record has none. */
function headersOf({ headers = {} }: SourceRecord, named: readonly string[]): Record<string, string | null> {
  const texts: Record<string, string | null> = Object.fromEntries(named.map((name) => [name, null]));
  for (const [name, content] of Object.entries(headers)) texts[name] = headerText(content);
  return texts;
}

function headerText(content: RecordHeaders[string]): string | null {
  const last = isList(content) ? (content.at(-1) ?? null) : content;
  return last === null || typeof last === 'string' ? last : lenientUtf8.decode(last);
}

function isList(content: RecordHeaders[string]): content is readonly HeaderContent[] {
  return Array.isArray(content);
}

/** The record's fields, and over them `key` (text or null) and `timestamp` (epoch ms) of the record itself. */
function contextOf(fields: Fields, record: SourceRecord): Fields {
  const key = record.key === null ? null : lenientUtf8.decode(record.key);
  return { ...fields, key, timestamp: record.timestampMs };
}
