import type { CheckpointDelta, Deployment, TaskProgress } from '../../src/core/ports/state-store.port';

export const progress: TaskProgress = {
  nextOffset: 42n,
  streamTimeMs: 1_357_000_000_000,
  watermarkMs: 1_357_000_000_000,
  closedMs: 900,
  firstWindowStartMs: 1_356_969_600_000,
  counts: { accepted: 40, filtered: 1, late: 0, dead: 1 },
  feedId: '0-0',
  startOffset: 0n,
  sources: [
    {
      ...{ partition: 0, offset: 9_007_199_254_740_993n, index: 1, watermarkMs: 1_600_000_000_000 },
      completeTo: 9_007_199_254_740_995n,
    },
    { partition: 3, offset: -1n, index: 0, watermarkMs: Infinity },
  ],
};

export function delta(changes: Partial<CheckpointDelta> = {}): CheckpointDelta {
  return {
    ...{ generation: 1_700_000_000_000_000n, progress, upserts: [], removals: [], droppedSegments: [] },
    ...{ pendingAdded: [], pendingCleared: [], feed: [] },
    ...changes,
  };
}

export const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
export const plain = (values: readonly (Uint8Array | undefined)[]): (number[] | undefined)[] =>
  values.map((value) => value && [...value]);

export function deployed(generation: bigint, fingerprint: string, definition?: string): Deployment {
  return {
    generation,
    fingerprint,
    repartitioned: false,
    partitions: 2,
    ...(definition !== undefined && { definition }),
  };
}
