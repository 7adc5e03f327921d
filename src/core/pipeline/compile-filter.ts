import { kindOf } from '../decoding/displayed';
import { messageOf, PoisonRecordError } from '../errors';
import { celEnvironment } from './cel';
import { parseAggregateCall } from './aggregate-call';
import type { CompiledPipeline } from './compiled-pipeline';
import type { PipelineDefinition } from './definition';
import { missingAsNull } from './field-reader';
import { toJson } from './json-result';
import { poison } from './poison';
import { compileRecordExpression, fieldNamesIn, type RecordExpression } from './record-expression';

type Spec = PipelineDefinition['spec'];

/** `where`, then `derive` in the order of the definition. Fields that any expression names become null when missing. */
export function compileFilter(spec: Spec): CompiledPipeline['accepts'] {
  const fillMissing = missingAsNull(namesIn(spec));
  const passes = spec.where === undefined ? undefined : compileWhere(spec.where);
  const derived = Object.entries(spec.derive ?? {}).map(([name, text]) => ({
    name,
    derive: compileDerive(name, text),
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
function namesIn(spec: Spec): string[] {
  const filters = [...(spec.where === undefined ? [] : [spec.where]), ...Object.values(spec.derive ?? {})];
  const calls = Object.values(spec.aggregate).map(parseAggregateCall);
  const args = calls.flatMap((call) =>
    'aggregator' in call && call.field === undefined && call.argument !== undefined ? [call.argument] : [],
  );
  const names = [
    ...filters.flatMap((text) => fieldNamesIn(celEnvironment.parse(text), 'record')),
    ...args.flatMap((text) => fieldNamesIn(celEnvironment.parse(text), 'fields')),
  ];
  return [...new Set(names)];
}

function compileWhere(text: string): (...args: Parameters<RecordExpression>) => boolean {
  const expression = compileRecordExpression('where', text, 'record');
  return (fields, record) => {
    const result = expression(fields, record);
    if (typeof result === 'boolean') return result;
    throw new PoisonRecordError('expression-failed', `where: ${text}: the result is ${kindOf(result)}, not a boolean`);
  };
}

function compileDerive(name: string, text: string): RecordExpression {
  const expression = compileRecordExpression(`derive.${name}`, text, 'record');
  return (fields, record) => {
    const result = expression(fields, record);
    try {
      return toJson(result);
    } catch (error) {
      throw new PoisonRecordError('expression-failed', `derive.${name}: ${text}: ${messageOf(error)}`);
    }
  };
}
