import type { ASTNode } from '@marcbachmann/cel-js';
import { FatalError, messageOf } from '../errors';
import type { JsonValue } from '../json';
import { faultOf } from './cel';
import { mentionsIn } from './cel-names';
import type { ColumnContext, ColumnExpression } from './compiled-pipeline';
import { NoJsonError, toJson } from './json-result';
import { type Language, STANDARD_LANGUAGE } from './language';
import { windowFields } from './window-fields';

export interface ColumnOptions {
  readonly language?: Language;
  /** A row of a stateless pipeline has one version, so that everything in it identifies it. */
  readonly isStateless?: boolean;
}

type Evaluate = (row: ColumnContext) => JsonValue;

/**
 * Compiles the CEL of a column over `key`, `window`, the aggregates, `revision` (text) and `final`; for a stateless pipeline
 * over the fields of the record in place of the aggregates. What is named and absent is null: the window's fields of a row
 * without one, `index` unless it is a count window, fields that the record lacks, the aggregates while only the identity is
 * asked for. No data stops a pipeline: what fails over an aggregate that is null, and what is no finite number (a division
 * by zero), gives null, as in SQL. Other failures are faults of the definition and throw FatalError.
 */
export function compileColumnExpression(
  column: string,
  text: string,
  { language = STANDARD_LANGUAGE, isStateless = false }: ColumnOptions = {},
): ColumnExpression {
  const expression = language.cel.parse(text);
  const names = mentionsIn(expression.ast).map((mention) => mention.name);
  const identifiesRow = isStateless || names.every((name) => name === 'key' || name === 'window');
  const evaluate: Evaluate = (row) => {
    try {
      const result: unknown = expression(contextOf(row, names));
      return typeof result === 'number' && !Number.isFinite(result) ? null : toJson(result);
    } catch (error) {
      if (row.values && names.some((name) => row.values![name] === null)) return null;
      const cause = error instanceof NoJsonError ? messageOf(error) : faultOf(error).message;
      throw new FatalError(`column ${column}: ${text}: ${cause}`);
    }
  };
  return { text, identifiesRow, evaluate: plainRead(expression.ast) ?? evaluate };
}

/** Columns that only read a value need no CEL. */
function plainRead(ast: ASTNode): Evaluate | undefined {
  if (ast.op === 'id') return readVariable(ast.args);
  if (ast.op !== '.') return undefined;
  const [from, field] = ast.args;
  if (from.op !== 'id') return undefined;
  if (from.args === 'key') return (row) => own(row.key, field);
  if (from.args === 'window') return (row) => (row.window ? own(windowFields(row.window), field) : null);
  return undefined;
}

function readVariable(name: string): Evaluate | undefined {
  if (name === 'revision') return (row) => row.revision.toString();
  if (name === 'final') return (row) => row.final;
  if (name === 'key' || name === 'window') return undefined;
  return (row) => (row.values ? own(row.values, name) : null);
}

function own(from: object, name: string): JsonValue {
  return Object.hasOwn(from, name) ? ((from as Record<string, JsonValue>)[name] ?? null) : null;
}

function contextOf(row: ColumnContext, names: readonly string[]): Record<string, unknown> {
  const context: Record<string, unknown> = {};
  for (const name of names) context[name] = row.values ? own(row.values, name) : null;
  return {
    ...context,
    key: row.key,
    window: row.window ? windowFields(row.window) : NO_WINDOW,
    revision: row.revision.toString(),
    final: row.final,
  };
}

const NO_WINDOW = { start: null, end: null, date: null, year: null, index: null };
