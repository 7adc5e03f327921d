import { ConfigError } from '../core/errors';
import { generationAt } from '../core/generation';
import { deployedText } from '../core/plan/deployed-definition';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { Clock } from '../core/ports/clock.port';
import type { StateStore } from '../core/ports/state-store.port';
import type { PartitionExtent } from '../core/ports/record-source.port';
import type { TopicAdmin } from '../core/ports/topic-admin.port';
import { outdatedTopics, shuffleName } from '../core/repartition/names';
import { type DeploymentPorts, needsRepartition } from './deployment';
import { emptyCheckpoint, endsOfRead, generationAfter } from './new-generation';

export type ResetTarget =
  'earliest' | 'latest' | { readonly timestampMs: number } | { readonly offsets: ReadonlyMap<number, bigint> };

export interface ResetPorts extends Pick<DeploymentPorts, 'newestRecords'> {
  readonly topics: TopicAdmin;
  readonly stateStore: StateStore;
  readonly clock: Clock;
}

/**
 * Starts a new generation of a stopped pipeline at `target`: its state is dropped, its owners are fenced, and its rows
 * will have greater revisions than all before. Returns the offset of each partition.
 *
 * Throws ConfigError when the pipeline runs or its topic does not exist, TransientError when a server is away; after
 * either, nothing has changed or the reset can be repeated.
 */
export async function resetPipeline(
  pipeline: CompiledPipeline,
  target: ResetTarget,
  { topics, stateStore, clock, newestRecords }: ResetPorts,
): Promise<ReadonlyMap<number, bigint>> {
  const { name, fingerprint } = pipeline;
  const { topic } = pipeline.definition.spec.source;
  if ((await topics.partitionCount(topic)) === undefined) throw new ConfigError(`Topic ${topic} does not exist`);
  await refuseWhileRunning(name, topics, 'reset it');
  const offsets = await offsetsOf(target, topic, topics);
  const repartitioned = await needsRepartition(pipeline, { topics, newestRecords });
  const partitions = offsets.size;
  const next = { fingerprint, repartitioned, partitions, definition: deployedText(pipeline) };
  const before = await stateStore.deploy(name, { ...next, generation: generationAt(clock.now()) });
  const generation = generationAfter(before, await endsOfRead(pipeline, before, topics), clock.now());
  await stateStore.redeploy(name, { ...next, generation }, partitions);
  for (const [partition, offset] of offsets) {
    // Tasks that read a repartition topic of a new generation begin at its beginning by themselves.
    const id = { pipeline: repartitioned ? shuffleName(name) : name, partition };
    const { epoch, commits } = await stateStore.claim(id, 'reset');
    await stateStore.commit(id, { epoch, commit: commits + 1n }, emptyCheckpoint(offset, generation));
  }
  await topics.remove(outdatedTopics(await topics.named(`${name}.`), name, generation));
  return offsets;
}

/** Throws ConfigError while any process runs the pipeline, saying what to do once none does; TransientError. */
export async function refuseWhileRunning(name: string, topics: TopicAdmin, then: string): Promise<void> {
  for (const group of [name, shuffleName(name)]) {
    const members = await topics.memberCount(group);
    if (members === 0) continue;
    throw new ConfigError(`Pipeline ${name} runs in ${members} place(s); stop it everywhere, then ${then}`);
  }
}

/** Where each partition begins. Throws ConfigError for offsets that are not those of the topic, TransientError. */
export async function offsetsOf(
  target: ResetTarget,
  topic: string,
  topics: TopicAdmin,
): Promise<ReadonlyMap<number, bigint>> {
  if (typeof target === 'object' && 'timestampMs' in target) return topics.offsetsAt(topic, target.timestampMs);
  const extents = await topics.extents(topic);
  if (typeof target === 'object') return checkedOffsets(target.offsets, topic, extents);
  return new Map(
    [...extents].map(([partition, { earliest, end }]) => [partition, target === 'earliest' ? earliest : end]),
  );
}

/** Each partition once, at an offset that the log has or will have next. */
function checkedOffsets(
  offsets: ReadonlyMap<number, bigint>,
  topic: string,
  extents: ReadonlyMap<number, PartitionExtent>,
): ReadonlyMap<number, bigint> {
  const wrong = [...new Set([...extents.keys(), ...offsets.keys()])].flatMap((partition) => {
    const [extent, offset] = [extents.get(partition), offsets.get(partition)];
    if (!extent) return [`there is no partition ${partition}`];
    const range = `${extent.earliest} to ${extent.end}`;
    if (offset === undefined) return [`partition ${partition} is missing (${range})`];
    return offset < extent.earliest || offset > extent.end
      ? [`partition ${partition} has ${range}, not ${offset}`]
      : [];
  });
  if (wrong.length > 0) throw new ConfigError(`Offsets of topic ${topic}: ${wrong.join('; ')}`);
  return offsets;
}
