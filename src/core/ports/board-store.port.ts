import type { BoardView } from '../pipeline/redis-sink-definition';

/** What one `redis` sink of a pipeline keeps for one text of its `key`. */
export interface BoardPlace {
  readonly pipeline: string;
  readonly view: BoardView;
  /** `undefined` for the only one. */
  readonly key: string | undefined;
}

/** One version of a member. */
export interface BoardWrite {
  readonly member: string;
  /** Of two versions of a member the text that is greater, digit by digit, is the newer; digits and `:` only. */
  readonly version: string;
  /** `undefined` takes the member off the board. */
  readonly score: number | undefined;
  /** What is given back with the member: JSON. */
  readonly text: string;
}

export interface BoardBounds {
  readonly keeps: 'highest' | 'lowest';
  /** Greatest number of members. */
  readonly size: number;
  readonly ttlMs: number | undefined;
}

export interface BoardEntry {
  /** From 1. */
  readonly rank: number;
  readonly member: string;
  readonly score: number;
  readonly text: string;
}

export interface BoardPage {
  readonly entries: readonly BoardEntry[];
  /** How many members the board has. */
  readonly members: number;
}

export type BoardOrder = 'highest' | 'lowest';

/**
 * Boards for the `redis` sinks. Writing again what was written, or older versions of it, in any order, changes nothing:
 * the version is kept beside each member, and compared and written in one atomic step.
 *
 * A board has at most `size` members; those furthest from the lead are dropped. The versions of the last `size` members
 * that were dropped or taken off are remembered, so that an older version does not bring them back. A board that got no
 * write for `ttlMs` is gone, with its versions. All operations throw TransientError when the store cannot be reached.
 */
export interface BoardStore {
  rank(place: BoardPlace, writes: readonly BoardWrite[], bounds: BoardBounds): Promise<void>;

  /** From the lead on; of equal scores the greater name leads where the highest do, else the lesser, by UTF-8. */
  page(place: BoardPlace, order: BoardOrder, limit: number): Promise<BoardPage>;

  /** `undefined` if it is not on the board. */
  member(place: BoardPlace, order: BoardOrder, member: string): Promise<BoardEntry | undefined>;

  /** Counts each of these once, however often it is given. */
  see(place: BoardPlace, members: readonly string[], ttlMs: number | undefined): Promise<void>;

  /** How many were seen: HyperLogLog, standard error 0.81 %. */
  seen(place: BoardPlace): Promise<number>;
}
