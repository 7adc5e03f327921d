import { checkRecordExpressions } from './expression-findings';
import { checkPreAggregation } from './pre-aggregation-findings';
import { type PipelineDefinition, pipelineSchema } from './definition';
import type { Finding } from './finding';
import type { Language } from './language';
import { checkSchema } from './schema-findings';
import { checkSinks } from './sink-findings';

export type CheckedDefinition = { readonly definition: PipelineDefinition } | { readonly findings: readonly Finding[] };

/** Finds everything that is wrong with one definition, as a document that may be anything. Never throws. */
export function checkDefinition(document: unknown, language: Language): CheckedDefinition {
  const shape = checkSchema(document, pipelineSchema);
  const findings = [
    ...('findings' in shape ? shape.findings : []),
    ...checkRecordExpressions(document, language),
    ...checkSinks(document, language),
  ];
  if (!('definition' in shape) || findings.length > 0) return { findings };
  const ofPreAggregation = checkPreAggregation(shape.definition, language);
  return ofPreAggregation.length === 0 ? shape : { findings: ofPreAggregation };
}
