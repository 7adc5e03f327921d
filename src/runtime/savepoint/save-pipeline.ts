import { ConfigError } from '../../core/errors';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import type { Deployment, StateStore } from '../../core/ports/state-store.port';
import { tasksOf } from '../../core/repartition/names';
import type { SavepointHeader, SavepointItem, SavepointPorts } from './savepoint';

/**
 * The whole state of a pipeline, which may run: each task as of a commit of its own, with the offset up to which it has
 * counted. Tasks need not agree: each goes on from its own offset, and what a shuffle sends again is known by its readers.
 * Throws ConfigError when nothing is deployed, TransientError.
 */
export async function* savePipeline(
  { name, definition }: CompiledPipeline,
  { stateStore, savepoints, topics, clock }: SavepointPorts,
): AsyncGenerator<SavepointItem> {
  const inForce = await stateStore.deployment(name);
  if (!inForce) throw new ConfigError(`Pipeline ${name} is not deployed: there is nothing to save`);
  const deployment = withoutRebuild(inForce);
  const savedAt = new Date(clock.now()).toISOString();
  yield { kind: 'header', header: { pipeline: name, savedAt, deployment } };
  const partitions = (await topics.partitionCount(definition.spec.source.topic)) ?? 0;
  for (const id of tasksOf(name, Math.max(partitions, deployment.partitions ?? 0))) {
    for await (const part of savepoints.copyOf(id)) yield { kind: 'part', id, part };
  }
  await checkGeneration(name, inForce.generation, stateStore);
}

/** A rebuild that was begun is no part of what is in force. */
function withoutRebuild({ definition, ...inForce }: Deployment): SavepointHeader['deployment'] {
  const { generation, fingerprint, repartitioned, partitions } = inForce;
  return { generation, fingerprint, repartitioned, partitions, ...(definition !== undefined && { definition }) };
}

/** A reset or a rebuild that took over meanwhile makes tasks of two generations. */
async function checkGeneration(name: string, generation: bigint, stateStore: StateStore): Promise<void> {
  const now = await stateStore.deployment(name);
  if (now?.generation === generation) return;
  throw new ConfigError(`A new generation of ${name} began while it was saved; save it again`);
}
