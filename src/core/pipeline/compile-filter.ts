import { kindOf } from '../decoding/displayed';
import { messageOf, PoisonRecordError } from '../errors';
import { parseAggregateCall } from './aggregate-call';
import type { CompiledPipeline } from './compiled-pipeline';
import type { PipelineDefinition } from './definition';
import { missingAsNull } from './field-reader';
import { toJson } from './json-result';
import type { Language } from './language';
import { poison } from './poison';
import { compileRecordExpression, fieldNamesIn, type RecordExpression } from './record-expression';

type Spec = PipelineDefinition['spec'];

/** `where`, then `derive` in the order of the definition. Fields that any expression names become null when missing. */
export function compileFilter(spec: Spec, language: Language): CompiledPipeline['accepts'] {
  const fillMissing = missingAsNull(namesIn(spec, language));
  const passes = spec.where === undefined ? undefined : compileWhere(spec.where, language);
  const derived = Object.entries(spec.derive ?? {}).map(([name, text]) => ({
    name,
    derive: compileDerive(name, text, language),
  }));
  return (fields, record) => {
    try {
      fillMissing(fields);
      if (passes && !passes(fields, record)) return false;
      for (const { name, derive } of derived) fields[name] = derive(fields, record);
      return true;
    } catch (thrown) {
      throw poison(thrown, 'expression-failed', 'where or derive');
    }
  };
}

/** Arguments that are a field by themselves are read without CEL and may stay undefined. */
function namesIn(spec: Spec, language: Language): string[] {
  const filters = [...(spec.where === undefined ? [] : [spec.where]), ...Object.values(spec.derive ?? {})];
  const calls = Object.values(spec.aggregate ?? {}).map((text) => parseAggregateCall(text, language));
  const args = calls.flatMap((call) =>
    'aggregator' in call ? call.args.filter(({ field }) => field === undefined).map(({ text }) => text) : [],
  );
  const names = [
    ...filters.flatMap((text) => fieldNamesIn(language.cel.parse(text), 'record')),
    ...args.flatMap((text) => fieldNamesIn(language.cel.parse(text), 'fields')),
  ];
  return [...new Set(names)];
}

function compileWhere(text: string, language: Language): (...args: Parameters<RecordExpression>) => boolean {
  const expression = compileRecordExpression({ label: 'where', text, scope: 'record' }, language);
  return (fields, record) => {
    const result = expression(fields, record);
    if (typeof result === 'boolean') return result;
    throw new PoisonRecordError('expression-failed', `where: ${text}: the result is ${kindOf(result)}, not a boolean`);
  };
}

function compileDerive(name: string, text: string, language: Language): RecordExpression {
  const expression = compileRecordExpression({ label: `derive.${name}`, text, scope: 'record' }, language);
  return (fields, record) => {
    const result = expression(fields, record);
    try {
      return toJson(result);
    } catch (error) {
      throw new PoisonRecordError('expression-failed', `derive.${name}: ${text}: ${messageOf(error)}`);
    }
  };
}
