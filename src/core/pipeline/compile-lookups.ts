import { displayed, kindOf } from '../decoding/displayed';
import { PoisonRecordError } from '../errors';
import type { CompiledLookup, TableSpec } from '../lookup/compiled-lookup';
import type { Fields } from './compiled-pipeline';
import { fieldReader, missingAsNull } from './field-reader';
import type { Language } from './language';
import type { LookupDefinition } from './lookup-definition';
import { poison } from './poison';
import { compileRecordExpression, fieldNamesIn, type RecordExpression } from './record-expression';

const DEFAULT_HISTORY_MS = 86_400_000;

export function compileLookups(lookups: readonly LookupDefinition[], language: Language): readonly CompiledLookup[] {
  return lookups.map((lookup) => ({
    as: lookup.as,
    missing: lookup.missing ?? 'null',
    table: tableOf(lookup),
    keyOf: compileKey(lookup, language),
  }));
}

function tableOf(lookup: LookupDefinition): TableSpec {
  const { name } = lookup;
  if (lookup.table === 'redis') return { kind: 'redis', name, maxAgeMs: lookup.maxAge };
  const { pointInTime, time, history = DEFAULT_HISTORY_MS, maxEntries } = lookup;
  return {
    ...{ kind: 'topic', name, maxEntries },
    pointInTime: pointInTime ? { timeField: time?.field, historyMs: history } : undefined,
  };
}

function compileKey({ as, on }: LookupDefinition, language: Language): CompiledLookup['keyOf'] {
  const label = `lookup ${as}: ${on}`;
  const read = compileOn(on, `lookup ${as}`, language);
  return (fields, record) => {
    try {
      return keyText(read(fields, record), label);
    } catch (thrown) {
      throw poison(thrown, 'expression-failed', label);
    }
  };
}

/** A field by itself is read, not evaluated. */
function compileOn(on: string, label: string, language: Language): RecordExpression {
  const expression = language.cel.parse(on);
  const names = fieldNamesIn(expression, 'record');
  if (expression.ast.op === 'id' && names.length === 1) {
    const read = fieldReader(names[0]!);
    return (fields: Fields) => read(fields);
  }
  const fillMissing = missingAsNull(names);
  const evaluate = compileRecordExpression({ label, text: on, scope: 'record' }, language);
  return (fields, record) => {
    fillMissing(fields);
    return evaluate(fields, record);
  };
}

/** Numbers as JSON writes them: 7.0 is `7`. */
function keyText(value: unknown, label: string): string | undefined {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  const found = `${displayed(value)} is ${kindOf(value)}`;
  throw new PoisonRecordError('bad-value', `${label}: ${found}; text, a number or a boolean is needed`);
}
