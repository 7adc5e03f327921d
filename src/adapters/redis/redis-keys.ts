import type { BoardPlace } from '../../core/ports/board-store.port';
import type { SnapshotPlace } from '../../core/ports/snapshot-store.port';
import type { RateAlgorithm } from '../../core/rate-limits/rate-limit';
import type { TaskId } from '../../core/task/task-id';

/**
 * Every key name is made here. Keys of one task share the hash tag `{pipeline:partition}`, so that one script can
 * change them all on a Redis Cluster.
 */
const PREFIX = 'millrace';

/** Hash: generation and fingerprint of the deployed definition, whether it is repartitioned, partitions of its topic. */
export function deploymentKey(pipeline: string): string {
  return `${PREFIX}:{${pipeline}}:deployment`;
}

/** Text: how often operators asked the pipeline to go on. */
export function resumesKey(pipeline: string): string {
  return `${PREFIX}:{${pipeline}}:resumes`;
}

/** Hash: dead letters that were replayed, as `partition:offset` of the source, to how far that came. */
export function replayedKey(pipeline: string): string {
  return `${PREFIX}:{${pipeline}}:replayed`;
}

function taskPrefix({ pipeline, partition }: TaskId): string {
  return `${PREFIX}:{${pipeline}:${partition}}`;
}

/** Sorted set: process to the end of its lease. */
export function leasesKey(): string {
  return `${PREFIX}:processes`;
}

/** What is used of a limit: one or two keys, by algorithm. */
export function rateKeys(algorithm: RateAlgorithm, name: string): readonly [string, string] {
  const prefix = `${PREFIX}:rate:{${name}}:${algorithm}`;
  return [prefix, `${prefix}:sum`];
}

/** Sorted set: snapshots of one key by offset. */
export function snapshotsKey({ pipeline, fingerprint, keyText, partition }: SnapshotPlace): string {
  return `${PREFIX}:{${pipeline}:history:${keyText}}:${fingerprint}:${partition}`;
}

export interface QueueKeys {
  /** Stream: jobs that wait or run. */
  readonly jobs: string;
  /** Sorted set: jobs that wait to be begun again, by epoch ms. */
  readonly retries: string;
  /** Sorted set: dead jobs, by epoch ms. */
  readonly dead: string;
  /** Sorted set: the newest jobs, by epoch ms of their adding. */
  readonly all: string;
}

export function queueKeys(queue: string): QueueKeys {
  const prefix = `${PREFIX}:queue:{${queue}}`;
  return { jobs: `${prefix}:stream`, retries: `${prefix}:retries`, dead: `${prefix}:dead`, all: `${prefix}:all` };
}

/** Hash: one job. */
export function jobKey(queue: string, id: string): string {
  return `${PREFIX}:queue:{${queue}}:job:${id}`;
}

/** Hash: holder, token and end of a feed's lease, and its report. */
export function feedKey(feed: string): string {
  return `${PREFIX}:{${feed}}:feed`;
}

export interface BoardKeys {
  /** Sorted set: member to score. */
  readonly scores: string;
  /** Hash: member to version, of those that are gone too. */
  readonly versions: string;
  /** Hash: member to JSON. */
  readonly texts: string;
  /** Sorted set: members that were dropped or taken off, in that order. */
  readonly gone: string;
  /** HyperLogLog of members. */
  readonly seen: string;
}

/** Keys of one board share a hash tag; the boards of a pipeline do not, so that a cluster divides them. */
export function boardKeys({ pipeline, view, key }: BoardPlace): BoardKeys {
  const prefix = `${PREFIX}:{${pipeline}:${view}${key === undefined ? '' : `:${key}`}}`;
  return {
    scores: `${prefix}:scores`,
    versions: `${prefix}:versions`,
    texts: `${prefix}:texts`,
    gone: `${prefix}:gone`,
    seen: `${prefix}:seen`,
  };
}

export interface TaskKeys {
  /** Hash: epoch, owner, generation and the committed progress. */
  readonly task: string;
  /** Set: ids of the segments that exist. */
  readonly segments: string;
  /** Set: `segment \n entry` of rows that are committed but not emitted. */
  readonly pending: string;
  /** Stream: the live feed. Also the channel that wakes those who follow it. */
  readonly feed: string;
}

export function taskKeys(task: TaskId): TaskKeys {
  const prefix = taskPrefix(task);
  return {
    task: `${prefix}:task`,
    segments: `${prefix}:segments`,
    pending: `${prefix}:pending`,
    feed: `${prefix}:live`,
  };
}

/** Hash: entry to encoded pane. */
export function segmentKey(task: TaskId, segment: string): string {
  return `${taskPrefix(task)}:segment:${segment}`;
}

export interface CopyKeys extends Omit<TaskKeys, 'feed'> {
  /** What the key of a segment's copy begins with. */
  readonly segmentPrefix: string;
}

/** A copy of a task for a savepoint, in the slot of the task. `id` is of one command. */
export function copyKeys(task: TaskId, id: string): CopyKeys {
  const prefix = `${taskPrefix(task)}:copy:${id}`;
  return {
    task: `${prefix}:task`,
    segments: `${prefix}:segments`,
    pending: `${prefix}:pending`,
    segmentPrefix: `${prefix}:segment:`,
  };
}

export interface CacheKeys {
  /** Text: what is cached. */
  readonly text: string;
  /** Text: id of the loader that holds the lock. */
  readonly lock: string;
}

/** Braces in the key would move its hash tag. */
export function cacheKeys(key: string): CacheKeys {
  const tag = `{${encodeURIComponent(key)}}`;
  return { text: `${PREFIX}:cache:${tag}:text`, lock: `${PREFIX}:cache:${tag}:lock` };
}
