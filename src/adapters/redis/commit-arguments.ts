import type {
  CheckpointDelta,
  CommitToken,
  EntryRef,
  SourceProgress,
  TaskProgress,
} from '../../core/ports/state-store.port';
import type { TaskId } from '../../core/task/task-id';
import { segmentKey, taskKeys } from './redis-keys';

/** Entries of the live feed that are kept for each task, about. */
const FEED_ENTRIES = 10_000;

type Argument = string | number | Buffer;

interface SegmentChanges {
  dropped: boolean;
  readonly upserts: Argument[];
  readonly removals: string[];
}

/** The keys and arguments of `commit.lua`, in its order. */
export function commitArguments(
  task: TaskId,
  { epoch, commit }: CommitToken,
  delta: CheckpointDelta,
): { keys: string[]; args: Argument[] } {
  const segments = changesBySegment(delta);
  const names = taskKeys(task);
  const keys = [names.task, names.segments, names.pending, names.feed];
  const args: Argument[] = [epoch.toString(), commit.toString()];
  pushList(args, progressFields(delta.generation, delta.progress));
  for (const [id, { dropped, upserts, removals }] of segments) {
    keys.push(segmentKey(task, id));
    args.push(id, dropped ? '1' : '0');
    pushList(args, upserts);
    pushList(args, removals);
  }
  pushList(args, delta.pendingAdded.map(pendingMember));
  pushList(args, delta.pendingCleared.map(pendingMember));
  const hasFeed = delta.feed.length > 0;
  args.push(hasFeed ? delta.progress.feedId : '', delta.feed.join('\n'), FEED_ENTRIES);
  return { keys, args };
}

function changesBySegment(delta: CheckpointDelta): Map<string, SegmentChanges> {
  const segments = new Map<string, SegmentChanges>();
  const of = (id: string): SegmentChanges => {
    let changes = segments.get(id);
    if (!changes) segments.set(id, (changes = { dropped: false, upserts: [], removals: [] }));
    return changes;
  };
  for (const { segment, entry, value } of delta.upserts) {
    of(segment).upserts.push(entry, Buffer.from(value.buffer, value.byteOffset, value.byteLength));
  }
  for (const { segment, entry } of delta.removals) of(segment).removals.push(entry);
  for (const segment of delta.droppedSegments) of(segment).dropped = true;
  return segments;
}

function pushList(args: Argument[], values: readonly Argument[]): void {
  args.push(values.length);
  for (const value of values) args.push(value);
}

export function pendingMember({ segment, entry }: EntryRef): string {
  return `${segment}\n${entry}`;
}

export function pendingRef(member: string): EntryRef {
  const at = member.indexOf('\n');
  return { segment: member.slice(0, at), entry: member.slice(at + 1) };
}

/** What {@link progressOf} reads, as field, value, ... */
export function progressFields(generation: bigint, progress: TaskProgress): string[] {
  const { counts } = progress;
  const fields: Record<string, string | number> = {
    generation: generation.toString(),
    nextOffset: progress.nextOffset.toString(),
    streamTimeMs: progress.streamTimeMs,
    watermarkMs: progress.watermarkMs,
    firstWindowStartMs: progress.firstWindowStartMs,
    closedMs: progress.closedMs,
    feedId: progress.feedId,
    startOffset: progress.startOffset.toString(),
    ...counts,
    ...(progress.sources && { sources: sourcesText(progress.sources) }),
  };
  return Object.entries(fields).flatMap(([name, value]) => [name, String(value)]);
}

/** `partition:offset:index:watermark` of each source partition, then `:completeTo` if there is one; with spaces between. */
function sourcesText(sources: readonly SourceProgress[]): string {
  return sources
    .map(({ partition, offset, index, watermarkMs, completeTo }) =>
      [partition, offset, index, watermarkMs, ...(completeTo === undefined ? [] : [completeTo])].join(':'),
    )
    .join(' ');
}

function sourcesOf(text: string): readonly SourceProgress[] {
  return text
    .split(' ')
    .filter((one) => one !== '')
    .map((one) => {
      const [partition, offset, index, watermarkMs, completeTo] = one.split(':');
      return {
        partition: Number(partition),
        offset: BigInt(offset!),
        index: Number(index),
        watermarkMs: Number(watermarkMs),
        ...(completeTo !== undefined && { completeTo: BigInt(completeTo) }),
      };
    });
}

/** The committed part of a task hash; `undefined` before the first commit. */
export function progressOf(
  hash: ReadonlyMap<string, string>,
): { generation: bigint; progress: TaskProgress } | undefined {
  const nextOffset = hash.get('nextOffset');
  if (nextOffset === undefined) return undefined;
  const number = (name: string): number => Number(hash.get(name) ?? 0);
  return {
    generation: BigInt(hash.get('generation') ?? 0),
    progress: {
      nextOffset: BigInt(nextOffset),
      streamTimeMs: number('streamTimeMs'),
      watermarkMs: number('watermarkMs'),
      firstWindowStartMs: number('firstWindowStartMs'),
      closedMs: number('closedMs'),
      counts: {
        accepted: number('accepted'),
        filtered: number('filtered'),
        late: number('late'),
        dead: number('dead'),
      },
      feedId: hash.get('feedId') ?? '0-0',
      startOffset: BigInt(hash.get('startOffset') ?? 0),
      ...(hash.has('sources') && { sources: sourcesOf(hash.get('sources')!) }),
    },
  };
}
