import type { FeedEntry } from '../../core/ports/live-feed.port';
import type { Checkpoint, EntryRef } from '../../core/ports/state-store.port';

/** A task as a memory store holds it. */
export interface StoredTask {
  epoch: bigint;
  commits: bigint;
  owner: string;
  committed: Pick<Checkpoint, 'generation' | 'progress'> | undefined;
  readonly segments: Map<string, Map<string, Uint8Array>>;
  readonly pending: Map<string, EntryRef>;
  readonly feed: FeedEntry[];
}

export function emptyTask(): StoredTask {
  return {
    ...{ epoch: 0n, commits: 0n, owner: '', committed: undefined },
    ...{ segments: new Map(), pending: new Map(), feed: [] },
  };
}

export function entryName({ segment, entry }: EntryRef): string {
  return `${segment}\n${entry}`;
}
