import { FatalError } from '../core/errors';
import type { Claim, EntryWrite, SegmentSummary } from '../core/ports/state-store.port';
import { PARKED_SEGMENT } from '../core/task/own-segments';
import { Task } from '../core/task/task';
import type { TaskOptions } from '../core/task/task-options';
import type { Checkpoint } from './checkpoint';
import type { OwnedState } from './owned-state';
import type { TaskContext } from './task-context';
import { whereToStart } from './where-to-start';

type OwnerContext = TaskContext & { readonly state: OwnedState };

export interface ClaimedTask {
  readonly task: Task;
  /** Of the log, when the task was claimed. */
  readonly endOffset: bigint;
  /** What is in the store only, if that is much: to be loaded while the task works. */
  readonly cold: readonly SegmentSummary[];
}

/** So many entries are loaded before the first record: a few milliseconds. */
const LOADED_AT_ONCE = 5_000;

/**
 * Step 1 and what belongs to it: takes the task over, from sinks too, finds where it goes on, and makes its state resident.
 * Throws TransientError while a server is away; FatalError when neither checkpoint nor log allow to go on.
 */
export async function claimTask(context: TaskContext, checkpoint: Checkpoint): Promise<ClaimedTask> {
  const { pipeline, partition, topics, topic } = context;
  const claim = await checkpoint.claim();
  const generation = await context.deploy();
  checkGeneration(context, claim, generation);
  const extent = (await topics.extents(topic)).get(partition);
  if (!extent) throw new FatalError(`Topic ${topic} has no partition ${partition}`);
  const mirrored = claim.checkpoint ? [] : await topics.mirrored(pipeline.name, topic);
  const found = mirrored.find((offset) => offset.partition === partition);
  const start = whereToStart({ pipeline, topic, partition, checkpoint: claim.checkpoint, extent, mirrored: found });
  if (start.lostState !== undefined) context.log('error', 'task.state-lost', start.lostState);
  await checkpoint.openSinks(generation);
  const task = await restore({ ...context, state: checkpoint.state }, claim, {
    startOffset: start.offset,
    shownUpTo: extent.end,
    generation,
  });
  return { task, endOffset: extent.end, cold: isLoadedAtOnce(task, claim) ? [] : (claim.checkpoint?.segments ?? []) };
}

/** Offsets in a repartition topic mean something in its own generation only. Throws FatalError. */
function checkGeneration(context: TaskContext, { checkpoint }: Claim, generation: bigint): void {
  const { pipeline, forward, sourcePartitions } = context;
  if (!forward && sourcePartitions === undefined) return;
  if (!checkpoint || checkpoint.generation === generation) return;
  throw new FatalError(
    `The checkpoint of ${pipeline.name}/${context.partition} is of generation ${checkpoint.generation}, not ${generation}: ` +
      `the state store has lost a part of what it held. Run: millrace reset ${pipeline.definition.metadata.name} --to earliest.`,
  );
}

async function restore(
  context: OwnerContext,
  { checkpoint }: Claim,
  from: Pick<TaskOptions, 'startOffset' | 'shownUpTo' | 'generation'>,
): Promise<Task> {
  const { pipeline, partition, observer, tally, state, keyedByMessage, cacheBytes, lookups } = context;
  const { forward, sourcePartitions, budget } = context;
  const { maxRows, maxBytes } = pipeline.definition.spec.checkpoint;
  const id = { pipeline: pipeline.name, partition };
  const task = new Task({
    ...{ ...from, id, pipeline, checkpoint, keyedByMessage, cacheBytes, maxRows, maxBytes, budget },
    lookupTables: lookups.tables,
    ...(forward && { forwards: true }),
    ...(sourcePartitions !== undefined && { sourcePartitions }),
    onLate: (latenessMs) => {
      observer.lateness(pipeline.name, latenessMs / 1000);
      tally.lateness.addLate(latenessMs);
    },
  });
  const pending = checkpoint?.pending ?? [];
  // Corrections are resident: dropping their window does not ask the store.
  if (pipeline.amendMs > 0) task.hydrate(pending, await state.load(pending));
  if (checkpoint && !forward) task.restoreParked(await parkedEntries(state));
  if (checkpoint && isLoadedAtOnce(task, { checkpoint })) await load(context, task, checkpoint.segments);
  task.restorePending(pending);
  return task;
}

async function parkedEntries(state: OwnedState): Promise<readonly EntryWrite[]> {
  const all: EntryWrite[] = [];
  for await (const entries of state.scan(PARKED_SEGMENT)) all.push(...entries);
  return all;
}

function isLoadedAtOnce(task: Task, { checkpoint }: Pick<Claim, 'checkpoint'>): boolean {
  const entries = checkpoint?.segments.reduce((sum, segment) => sum + segment.entries, 0) ?? 0;
  return task.needsWholeState || entries <= LOADED_AT_ONCE;
}

/** Until the cache is full, unless all has to be there: panes are also loaded as records touch them. */
async function load(context: OwnerContext, task: Task, segments: readonly SegmentSummary[]): Promise<void> {
  for (const segment of segments) {
    for await (const entries of context.state.scan(segment.id)) {
      if (!task.needsWholeState && task.stateSize.bytes >= context.cacheBytes) return;
      const values = entries.map(({ value }) => value);
      task.hydrate(entries, values);
    }
  }
}
