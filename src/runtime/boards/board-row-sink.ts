import { eventTimeOf } from '../../core/decoding/event-time';
import { FatalError, messageOf } from '../../core/errors';
import type { JsonValue } from '../../core/json';
import type { ColumnExpression, CompiledBoard } from '../../core/pipeline/compiled-pipeline';
import { sinkName } from '../../core/pipeline/sink-name';
import type { BoardPlace, BoardStore, BoardWrite } from '../../core/ports/board-store.port';
import type { RowSink } from '../../core/ports/row-sink.port';
import type { Row } from '../../core/row/row';
import { rowIdentity } from '../../core/row/row-identity';
import { rowText } from '../../core/row/row-json';
import { versionOf } from './row-version';

/**
 * Rows of one pipeline on the boards of a `redis` sink. A member shows the newest window of its key, and of that the newest
 * revision; a row whose key or member is null is on no board. Throws FatalError for a score that is no number.
 */
export class BoardRowSink implements RowSink {
  readonly name: string;

  constructor(
    private readonly store: BoardStore,
    private readonly pipeline: string,
    private readonly board: CompiledBoard,
  ) {
    this.name = sinkName(board);
  }

  async write(rows: readonly Row[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.board.view === 'unique') await this.see(rows);
    else await this.rank(rows);
  }

  private async see(rows: readonly Row[]): Promise<void> {
    const boards = new Map<string | undefined, Set<string>>();
    for (const row of rows) {
      const [key, member] = [this.keyOf(row), this.memberOf(row)];
      // A count takes nothing back: what a deleted row was about has been seen.
      if (key === null || member === null || row.values === undefined) continue;
      boards.set(key, (boards.get(key) ?? new Set()).add(member));
    }
    await Promise.all(
      [...boards].map(([key, members]) => this.store.see(this.placeOf(key), [...members], this.board.ttlMs)),
    );
  }

  private async rank(rows: readonly Row[]): Promise<void> {
    const boards = new Map<string | undefined, Map<string, BoardWrite>>();
    for (const row of rows) {
      const [key, member] = [this.keyOf(row), this.memberOf(row)];
      if (key === null || member === null) continue;
      const writes = boards.get(key) ?? new Map<string, BoardWrite>();
      boards.set(key, writes);
      const version = versionOf(row);
      const held = writes.get(member);
      if (!held || version > held.version)
        writes.set(member, { member, version, score: this.scoreOf(row), text: rowText(row) });
    }
    const { keeps, size, ttlMs } = this.board;
    await Promise.all(
      [...boards].map(([key, writes]) =>
        this.store.rank(this.placeOf(key), [...writes.values()], { keeps, size, ttlMs }),
      ),
    );
  }

  private placeOf(key: string | undefined): BoardPlace {
    return { pipeline: this.pipeline, view: this.board.view, key };
  }

  /** `undefined` for the only board, null for none. */
  private keyOf(row: Row): string | undefined | null {
    return this.board.key === undefined ? undefined : textOf(this.board.key.evaluate(row));
  }

  private memberOf(row: Row): string | null {
    return this.board.member === undefined ? rowIdentity(row) : textOf(this.board.member.evaluate(row));
  }

  private scoreOf(row: Row): number | undefined {
    if (row.values === undefined) return undefined;
    const { score, view } = this.board;
    if (score === undefined) return row.window?.endMs;
    const value = score.evaluate(row);
    if (value === null) return undefined;
    return view === 'latest' ? timeOf(value, score) : numberOf(value, score, this.name);
  }
}

function textOf(value: JsonValue): string | null {
  return typeof value === 'string' || value === null ? value : JSON.stringify(value);
}

function numberOf(value: JsonValue, { text }: ColumnExpression, sink: string): number {
  if (typeof value === 'number') return value;
  throw new FatalError(`${sink}: ${text} gives ${JSON.stringify(value)}; a number is needed`);
}

function timeOf(value: JsonValue, { text }: ColumnExpression): number {
  try {
    return eventTimeOf(value, text);
  } catch (thrown) {
    throw new FatalError(`redis:latest: at: ${messageOf(thrown)}`);
  }
}
