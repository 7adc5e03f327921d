import type { CaseWindow } from './case';

/** How far records may go back behind stream time. */
export type Disorder = 'none' | 'slight' | 'heavy';

/**
 * When a record happens, told by what came before it: some way from stream time, from the last boundary of windows, or
 * from an earlier record. Whole sizes and graces and a millisecond more or less are where windows begin to hold,
 * to close and to merge.
 */
export interface Move {
  readonly from: 'stream time' | 'boundary' | 'record';
  /** Which of the earlier records, modulo their number. */
  readonly record: number;
  readonly sizes: number;
  readonly graces: number;
  readonly ms: number;
}

/** Epoch ms of each record; none is before 1970. */
export function timesOf(
  moves: readonly Move[],
  window: CaseWindow,
  start: { atMs: number; disorder: Disorder },
): number[] {
  const times: number[] = [];
  let streamTimeMs = start.atMs;
  for (const move of moves) {
    const wanted = anchorOf(move, streamTimeMs, times, window) + lengthOf(move, window);
    const atMs = Math.max(0, wanted, earliest(start.disorder, streamTimeMs, window));
    times.push(atMs);
    streamTimeMs = Math.max(streamTimeMs, atMs);
  }
  return times;
}

function anchorOf(move: Move, streamTimeMs: number, times: readonly number[], { advanceMs }: CaseWindow): number {
  switch (move.from) {
    case 'stream time':
      return streamTimeMs;
    case 'boundary':
      return Math.floor(streamTimeMs / advanceMs) * advanceMs;
    case 'record':
      return times[move.record % Math.max(1, times.length)] ?? streamTimeMs;
  }
}

function lengthOf({ sizes, graces, ms }: Move, { sizeMs, graceMs }: CaseWindow): number {
  return Math.round(sizes * sizeMs) + graces * graceMs + ms;
}

function earliest(disorder: Disorder, streamTimeMs: number, { sizeMs }: CaseWindow): number {
  switch (disorder) {
    case 'none':
      return streamTimeMs;
    case 'slight':
      return streamTimeMs - Math.ceil(sizeMs / 2);
    case 'heavy':
      return 0;
  }
}
