import type {
  BoardBounds,
  BoardEntry,
  BoardOrder,
  BoardPage,
  BoardPlace,
  BoardStore,
  BoardWrite,
} from '../../core/ports/board-store.port';
import type { Clock } from '../../core/ports/clock.port';

type Scored = BoardWrite & { readonly score: number };

interface Board {
  readonly members: Map<string, Scored>;
  /** Versions of those that were dropped or taken off, in that order. */
  readonly gone: Map<string, string>;
  readonly seen: Set<string>;
  expiresMs: number;
}

/** Boards in the process's memory. Counts are exact, and grow with what they count. */
export class MemoryBoardStore implements BoardStore {
  private readonly boards = new Map<string, Board>();

  constructor(private readonly clock: Clock) {}

  rank(place: BoardPlace, writes: readonly BoardWrite[], { keeps, size, ttlMs }: BoardBounds): Promise<void> {
    const board = this.opened(place, ttlMs);
    for (const write of writes) put(board, write);
    const lead = leading(keeps);
    while (board.members.size > size) {
      let last: Scored | undefined;
      for (const member of board.members.values()) if (!last || lead(member, last) > 0) last = member;
      leave(board, last!);
    }
    for (const oldest of board.gone.keys()) {
      if (board.gone.size <= size) break;
      board.gone.delete(oldest);
    }
    return Promise.resolve();
  }

  page(place: BoardPlace, order: BoardOrder, limit: number): Promise<BoardPage> {
    const all = this.ranked(place, order);
    return Promise.resolve({ entries: all.slice(0, limit), members: all.length });
  }

  member(place: BoardPlace, order: BoardOrder, member: string): Promise<BoardEntry | undefined> {
    return Promise.resolve(this.ranked(place, order).find((entry) => entry.member === member));
  }

  see(place: BoardPlace, members: readonly string[], ttlMs: number | undefined): Promise<void> {
    const { seen } = this.opened(place, ttlMs);
    for (const member of members) seen.add(member);
    return Promise.resolve();
  }

  seen(place: BoardPlace): Promise<number> {
    return Promise.resolve(this.found(place)?.seen.size ?? 0);
  }

  /** Ms until the board is gone; `undefined` for never. */
  leftMs(place: BoardPlace): number | undefined {
    const expiresMs = this.found(place)?.expiresMs ?? this.clock.now();
    return expiresMs === Infinity ? undefined : expiresMs - this.clock.now();
  }

  /** How many versions are kept. */
  remembered(place: BoardPlace): number {
    const board = this.found(place);
    return (board?.members.size ?? 0) + (board?.gone.size ?? 0);
  }

  private ranked(place: BoardPlace, order: BoardOrder): BoardEntry[] {
    const members = [...(this.found(place)?.members.values() ?? [])].sort(leading(order));
    return members.map(({ member, score, text }, i) => ({ rank: i + 1, member, score, text }));
  }

  private found({ pipeline, view, key }: BoardPlace): Board | undefined {
    const name = JSON.stringify([pipeline, view, key ?? null]);
    const board = this.boards.get(name);
    if (!board || board.expiresMs > this.clock.now()) return board;
    this.boards.delete(name);
    return undefined;
  }

  private opened(place: BoardPlace, ttlMs = Infinity): Board {
    const expiresMs = this.clock.now() + ttlMs;
    const board = this.found(place);
    if (board) return Object.assign(board, { expiresMs });
    const made = { members: new Map(), gone: new Map(), seen: new Set<string>(), expiresMs };
    this.boards.set(JSON.stringify([place.pipeline, place.view, place.key ?? null]), made);
    return made;
  }
}

function put(board: Board, write: BoardWrite): void {
  const { member, version, score } = write;
  const held = board.members.get(member)?.version ?? board.gone.get(member);
  if (held !== undefined && version <= held) return;
  if (score === undefined) return leave(board, write);
  board.gone.delete(member);
  board.members.set(member, { ...write, score });
}

function leave(board: Board, { member, version }: BoardWrite): void {
  board.members.delete(member);
  board.gone.delete(member);
  board.gone.set(member, version);
}

/** Who leads comes first. */
function leading(order: BoardOrder): (a: Scored, b: Scored) => number {
  const sign = order === 'highest' ? -1 : 1;
  return (a, b) => sign * (a.score - b.score || Buffer.compare(Buffer.from(a.member), Buffer.from(b.member)));
}
