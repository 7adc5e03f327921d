import type { PipelineDefinition } from '../pipeline/definition';
import { repartitionOf } from '../pipeline/repartition-definition';
import type { Deployment } from '../ports/state-store.port';

/** Whether a definition asks for another way of its records than the one that the generation has. */
export function asksForAnotherWay({ spec }: PipelineDefinition, { repartitioned }: Deployment): boolean {
  const { when } = repartitionOf(spec);
  return when !== 'auto' && (when === 'always') !== repartitioned;
}
