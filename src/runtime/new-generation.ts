import { generationAt, lastRevision } from '../core/generation';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { deployedDefinitionOf } from '../core/plan/deployed-definition';
import type { CheckpointDelta, Deployment } from '../core/ports/state-store.port';
import type { TopicAdmin } from '../core/ports/topic-admin.port';
import { repartitionTopic } from '../core/repartition/names';
import { endsOf } from './deployment';

/** Of all that the version in force, a rebuild of it and `pipeline` may have read: what bounds their revisions. */
export async function endsOfRead(
  { name, definition }: CompiledPipeline,
  inForce: Deployment,
  topics: TopicAdmin,
): Promise<readonly bigint[]> {
  const generations = [inForce.generation, inForce.rebuilding ?? inForce.generation];
  const read = [
    definition.spec.source.topic,
    deployedDefinitionOf(inForce)?.spec.source.topic ?? definition.spec.source.topic,
    ...generations.map((generation) => repartitionTopic(name, generation)),
  ];
  const ends = await Promise.all([...new Set(read)].map((topic) => endsOf(topic, topics)));
  return ends.flat();
}

/**
 * A generation whose revisions are greater than all that the deployment, or a rebuild of it, can have given; `ends` are
 * {@link endsOfRead}.
 */
export function generationAfter(
  { generation, rebuilding = 0n }: Deployment,
  ends: readonly bigint[],
  nowMs: number,
): bigint {
  const last = rebuilding > generation ? rebuilding : generation;
  return generationAt(nowMs, lastRevision(last, ends));
}

/** A checkpoint without state: it tells the next owner that beginning there is meant, not a loss. */
export function emptyCheckpoint(offset: bigint, generation: bigint): CheckpointDelta {
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
