import { ConfigError } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { deployedDefinitionOf, deployedText } from '../core/plan/deployed-definition';
import type { Deployment } from '../core/ports/state-store.port';
import type { TopicAdmin } from '../core/ports/topic-admin.port';
import { repartitionTopic, shuffleName } from '../core/repartition/names';
import { type DeploymentInForce, type DeploymentPorts, needsRepartition } from './deployment';
import { emptyCheckpoint, endsOfRead, generationAfter } from './new-generation';
import type { Ports } from './ports';
import { offsetsOf } from './reset-pipeline';
import { shadowStore } from './shadow-store';

export type RebuildFrom = 'earliest' | { readonly timestampMs: number };

export interface RebuildRequest {
  readonly pipeline: CompiledPipeline;
  readonly from: RebuildFrom;
  /** Whether it may begin where the log does, although records before were deleted. */
  readonly acceptsLostBeginning: boolean;
}

export interface BegunRebuild {
  /** What will be in force after it. */
  readonly next: DeploymentInForce;
  /** Of the source topic. */
  readonly partitions: number;
  /** The greater of it and of the partitions that the version in force has. */
  readonly partitionsToSwap: number;
  /** Where each partition begins. */
  readonly offsets: ReadonlyMap<number, bigint>;
}

export type RebuildStartPorts = Pick<Ports, 'stateStore' | 'rebuildStore' | 'topics' | 'clock'> &
  Pick<DeploymentPorts, 'newestRecords'>;

/**
 * Begins a rebuild beside the version in force, which is left as it is: a new generation, and a checkpoint without state
 * where each partition begins. One that was begun before is given up.
 * Throws ConfigError when nothing is deployed, the source topic is missing, its beginning is gone, or the version in force
 * has to stop first; FatalError for a key that cannot be repartitioned by; TransientError.
 */
export async function beginRebuild(request: RebuildRequest, ports: RebuildStartPorts): Promise<BegunRebuild> {
  const { pipeline, from } = request;
  const { name, fingerprint } = pipeline;
  const { topic } = pipeline.definition.spec.source;
  const { stateStore, rebuildStore, topics, clock } = ports;
  const inForce = await stateStore.deployment(name);
  if (!inForce) throw new ConfigError(`Pipeline ${name} is not deployed: start it, there is nothing to rebuild`);
  const partitions = await topics.partitionCount(topic);
  if (partitions === undefined)
    throw new ConfigError(`Topic ${topic} does not exist; make it, or correct the definition`);
  await refuseBesideOnce(pipeline, topics);
  const offsets = await offsetsOf(from, topic, topics);
  if (from === 'earliest' && !request.acceptsLostBeginning) checkBeginning(topic, offsets);
  const repartitioned = await needsRepartition(pipeline, ports);
  if (!repartitioned) refuseMovedKeys(pipeline, inForce, partitions);
  const generation = generationAfter(inForce, await endsOfRead(pipeline, inForce, topics), clock.now());
  const partitionsToSwap = Math.max(partitions, inForce.partitions ?? (await deployedPartitions(inForce, topics)));
  await rebuildStore.begin(name, generation, partitionsToSwap);
  await removeGivenUp(name, inForce, topics);
  const next = { generation, fingerprint, repartitioned, partitions, definition: deployedText(pipeline) };
  await writeBeginnings(name, next, offsets, ports);
  return { next, partitions, partitionsToSwap, offsets };
}

/** What was produced before partitions were added lies where keys were then. */
function refuseMovedKeys({ name, definition, keyNames }: CompiledPipeline, inForce: Deployment, now: number): void {
  const { topic } = definition.spec.source;
  const before = inForce.partitions ?? now;
  if (now <= before || keyNames.length === 0) return;
  if ((deployedDefinitionOf(inForce)?.spec.source.topic ?? topic) !== topic) return;
  throw new ConfigError(
    `Topic ${topic} had ${before} partitions when ${name} was deployed and has ${now}: keys have moved between them. Set ` +
      'repartition: always in the new version: its rebuild then brings the records of a key together.',
  );
}

/** A topic that shows each row once would show rows of both versions, older ones after newer ones. */
async function refuseBesideOnce({ name, sinks }: CompiledPipeline, topics: TopicAdmin): Promise<void> {
  const once = sinks.find((sink) => sink.kind === 'kafka' && sink.delivery === 'exactly-once');
  if (once?.kind !== 'kafka') return;
  const members = await Promise.all([name, shuffleName(name)].map((group) => topics.memberCount(group)));
  if (members.every((count) => count === 0)) return;
  throw new ConfigError(
    `Pipeline ${name} runs, and writes topic ${once.topic} exactly once: readers would see rows of both versions. ` +
      'Stop it everywhere, rebuild it, and start the new version.',
  );
}

function checkBeginning(topic: string, offsets: ReadonlyMap<number, bigint>): void {
  const late = [...offsets].filter(([, offset]) => offset > 0n);
  if (late.length === 0) return;
  const places = late.map(([partition, offset]) => `partition ${partition} begins at offset ${offset}`).join(', ');
  throw new ConfigError(
    `The beginning of topic ${topic} was deleted: ${places}. Windows that lie before keep the rows of the version in ` +
      'force; those at the new beginning would be computed of what is left of them, and take the place of better rows. ' +
      'Say --yes to rebuild from there, or --from TIME to begin at the start of a window.',
  );
}

async function deployedPartitions(inForce: Deployment, topics: TopicAdmin): Promise<number> {
  const topic = deployedDefinitionOf(inForce)?.spec.source.topic;
  return (topic === undefined ? undefined : await topics.partitionCount(topic)) ?? 0;
}

async function removeGivenUp(name: string, { rebuilding }: Deployment, topics: TopicAdmin): Promise<void> {
  if (rebuilding === undefined) return;
  const topic = repartitionTopic(name, rebuilding);
  if ((await topics.partitionCount(topic)) !== undefined) await topics.remove([topic]);
}

/** The tasks that read a repartition topic begin at its beginning, which is yet to come. */
async function writeBeginnings(
  name: string,
  { generation, repartitioned }: Deployment,
  offsets: ReadonlyMap<number, bigint>,
  { stateStore }: RebuildStartPorts,
): Promise<void> {
  const store = shadowStore(stateStore, generation);
  const begin = async (pipeline: string, partition: number, offset: bigint): Promise<void> => {
    const { epoch, commits } = await store.claim({ pipeline, partition }, 'rebuild');
    const token = { epoch, commit: commits + 1n };
    await store.commit({ pipeline, partition }, token, emptyCheckpoint(offset, generation));
  };
  for (const [partition, offset] of offsets) {
    await begin(repartitioned ? shuffleName(name) : name, partition, offset);
    if (repartitioned) await begin(name, partition, 0n);
  }
}
