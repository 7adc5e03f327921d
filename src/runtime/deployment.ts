import { FatalError } from '../core/errors';
import { generationAt, lastRevision } from '../core/generation';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { Clock } from '../core/ports/clock.port';
import type { StateStore } from '../core/ports/state-store.port';
import type { TopicAdmin } from '../core/ports/topic-admin.port';
import { parseMirrorMetadata } from './mirror-metadata';

export interface DeploymentPorts {
  readonly stateStore: StateStore;
  readonly topics: TopicAdmin;
  readonly clock: Clock;
}

/**
 * The generation in force of a pipeline, recorded now if the store has none. After a loss of the store, Kafka's mirror
 * tells the generation before, so that the new one's revisions are greater than all that were given.
 * Throws FatalError when the state in the store was written by a definition that means something else.
 */
export async function deploy(pipeline: CompiledPipeline, ports: DeploymentPorts): Promise<bigint> {
  const { name, fingerprint } = pipeline;
  const generation = generationAt(ports.clock.now(), await lastKnownRevision(pipeline, ports.topics));
  const inForce = await ports.stateStore.deploy(name, { generation, fingerprint });
  if (inForce.fingerprint === fingerprint) return inForce.generation;
  throw new FatalError(
    `The definition of ${name} was changed in a way that changes the meaning of its state ` +
      `(fingerprint ${inForce.fingerprint} to ${fingerprint}). Undo the change, give the pipeline another name, ` +
      `or start anew with: millrace reset ${name} --to earliest.`,
  );
}

async function lastKnownRevision(pipeline: CompiledPipeline, topics: TopicAdmin): Promise<bigint | undefined> {
  const { topic } = pipeline.definition.spec.source;
  const mirrored = await topics.mirrored(pipeline.name, topic);
  const generations = mirrored.map(({ metadata }) => parseMirrorMetadata(metadata).generation);
  if (generations.length === 0) return undefined;
  const greatest = generations.reduce((a, b) => (a > b ? a : b));
  return lastRevision(
    greatest,
    mirrored.map(({ nextOffset }) => nextOffset),
  );
}
