import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { PipelineDefinition } from '../pipeline/definition';
import type { Deployment } from '../ports/state-store.port';

/** A definition as it was deployed, to say later what was changed. */
export interface DeployedDefinition {
  readonly definition: PipelineDefinition;
  /** Of the user's own aggregates and functions that it calls, by name. */
  readonly versions: Readonly<Record<string, number>>;
}

/** JSON. */
export function deployedText({ definition, versions }: CompiledPipeline): string {
  return JSON.stringify({ definition, versions });
}

/** The text was made by {@link deployedText}, perhaps of an older version: what that did not know is not there. */
export function parseDeployedText(text: string): DeployedDefinition {
  return JSON.parse(text) as DeployedDefinition;
}

/** `undefined` where it was not recorded. */
export function deployedDefinitionOf({ definition }: Deployment): PipelineDefinition | undefined {
  return definition === undefined ? undefined : parseDeployedText(definition).definition;
}
