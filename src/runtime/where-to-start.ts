import { FatalError } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { PartitionExtent } from '../core/ports/record-source.port';
import type { Checkpoint } from '../core/ports/state-store.port';
import type { MirroredOffset } from '../core/ports/topic-admin.port';
import { parseMirrorMetadata } from './mirror-metadata';

export interface StartEvidence {
  readonly pipeline: CompiledPipeline;
  /** What the task reads. */
  readonly topic: string;
  readonly partition: number;
  readonly checkpoint: Checkpoint | undefined;
  readonly extent: PartitionExtent;
  readonly mirrored: MirroredOffset | undefined;
}

export interface Start {
  readonly offset: bigint;
  /** Set when the mirror says that there was state and the store has none. */
  readonly lostState?: string;
}

/**
 * Where a claimed task begins. Never silently skips or repeats: a checkpoint outside of the log, or state that is
 * gone, is either repaired as `onStateLoss` says or a FatalError that names the remedy.
 */
export function whereToStart(evidence: StartEvidence): Start {
  const { checkpoint, extent, mirrored } = evidence;
  if (checkpoint) return { offset: withinLog(evidence, checkpoint.progress.nextOffset) };
  if (!mirrored) return { offset: extent.earliest };
  return afterStateLoss(evidence, mirrored);
}

/** `offset`, if the log can still be read from there. Throws FatalError with the remedy. */
export function withinLog(
  { pipeline, topic, partition, extent }: Omit<StartEvidence, 'checkpoint' | 'mirrored'>,
  offset: bigint,
): bigint {
  const place = `${topic}/${partition}`;
  const { metadata, spec } = pipeline.definition;
  const remedy = `millrace reset ${metadata.name} --to earliest`;
  if (offset < extent.earliest) {
    throw new FatalError(
      `${place}: the checkpoint is at offset ${offset}, but the log begins at ${extent.earliest}: retention deleted ` +
        `records before they were processed. Reset the pipeline (${remedy})` +
        (topic === spec.source.topic ? ' and set retention.ms=-1 on the topic.' : ': it reads the source anew.'),
    );
  }
  if (offset > extent.end) {
    throw new FatalError(
      `${place}: the checkpoint is at offset ${offset}, but the log ends at ${extent.end}: the topic was deleted or ` +
        `cut short. If it was made anew, reset the pipeline: ${remedy}.`,
    );
  }
  return offset;
}

function afterStateLoss(evidence: StartEvidence, mirrored: MirroredOffset): Start {
  const { pipeline, partition, extent } = evidence;
  const lost = `State of ${pipeline.name}/${partition} is gone from the store; it had reached offset ${mirrored.nextOffset}.`;
  const policy = pipeline.definition.spec.onStateLoss;
  if (policy === 'reset') {
    return { offset: withinLog(evidence, mirrored.nextOffset), lostState: `${lost} Going on there without it.` };
  }
  const began = parseMirrorMetadata(mirrored.metadata).startOffset;
  if (policy === 'rebuild' && extent.earliest <= began) {
    return { offset: began, lostState: `${lost} Rebuilding it from offset ${began}.` };
  }
  const why =
    policy === 'fail'
      ? 'onStateLoss is fail.'
      : `It cannot be rebuilt: the log begins at ${extent.earliest}, not ${began}.`;
  throw new FatalError(
    `${lost} ${why} Restore the store, or run: millrace reset ${pipeline.definition.metadata.name} --to earliest.`,
  );
}
