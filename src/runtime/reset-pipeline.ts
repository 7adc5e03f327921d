import { ConfigError } from '../core/errors';
import { generationAt, lastRevision } from '../core/generation';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { Clock } from '../core/ports/clock.port';
import type { StateStore } from '../core/ports/state-store.port';
import type { TopicAdmin } from '../core/ports/topic-admin.port';

export type ResetTarget = 'earliest' | 'latest' | { readonly timestampMs: number };

export interface ResetPorts {
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
  { topics, stateStore, clock }: ResetPorts,
): Promise<ReadonlyMap<number, bigint>> {
  const { name, fingerprint } = pipeline;
  const { topic } = pipeline.definition.spec.source;
  if ((await topics.partitionCount(topic)) === undefined) throw new ConfigError(`Topic ${topic} does not exist`);
  const members = await topics.memberCount(name);
  if (members > 0) {
    throw new ConfigError(`Pipeline ${name} runs in ${members} place(s); stop it everywhere, then reset it`);
  }
  const offsets = await offsetsOf(target, topic, topics);
  const proposed = { generation: generationAt(clock.now()), fingerprint };
  const { generation: before } = await stateStore.deploy(name, proposed);
  const ends = [...(await topics.extents(topic)).values()].map(({ end }) => end);
  const generation = generationAt(clock.now(), lastRevision(before, ends));
  await stateStore.redeploy(name, { generation, fingerprint }, offsets.size);
  for (const [partition, offset] of offsets) {
    const { epoch, commits } = await stateStore.claim({ pipeline: name, partition }, 'reset');
    const token = { epoch, commit: commits + 1n };
    await stateStore.commit({ pipeline: name, partition }, token, emptyAt(offset, generation));
  }
  return offsets;
}

async function offsetsOf(target: ResetTarget, topic: string, topics: TopicAdmin): Promise<ReadonlyMap<number, bigint>> {
  if (typeof target === 'object') return topics.offsetsAt(topic, target.timestampMs);
  const extents = [...(await topics.extents(topic))];
  return new Map(extents.map(([partition, { earliest, end }]) => [partition, target === 'earliest' ? earliest : end]));
}

/** A checkpoint without state: it tells the next owner that beginning there is meant, not a loss. */
function emptyAt(offset: bigint, generation: bigint): Parameters<StateStore['commit']>[2] {
  return {
    generation,
    progress: {
      ...{
        nextOffset: offset,
        startOffset: offset,
        streamTimeMs: -1,
        watermarkMs: -1,
        closedMs: -1,
        firstWindowStartMs: -1,
      },
      counts: { accepted: 0, filtered: 0, late: 0, dead: 0 },
      feedId: '0-0',
    },
    ...{ upserts: [], removals: [], droppedSegments: [], pendingAdded: [], pendingCleared: [], feed: [] },
  };
}
