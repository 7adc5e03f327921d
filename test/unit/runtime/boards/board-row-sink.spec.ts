import { MemoryBoardStore } from '../../../../src/adapters/memory/memory-board-store';
import { FatalError } from '../../../../src/core/errors';
import type { CompiledBoard, CompiledPipeline } from '../../../../src/core/pipeline/compiled-pipeline';
import type { Row } from '../../../../src/core/row/row';
import { BoardRowSink } from '../../../../src/runtime/boards/board-row-sink';
import { compiled } from '../../core/pipeline/pipeline-text';

const never = new AbortController().signal;
const MINUTE = 60_000;

interface Version {
  readonly k: string;
  /** Ordinal of the minute. */
  readonly minute?: number;
  readonly revision: bigint;
  readonly total?: number | null | undefined;
  readonly endMs?: number;
}

function row({ k, minute = 0, revision, endMs = (minute + 1) * MINUTE, ...rest }: Version): Row {
  return {
    pipeline: 'p',
    key: { k },
    keyText: k,
    window: { startMs: minute * MINUTE, endMs, zone: 'UTC' },
    values: 'total' in rest && rest.total === undefined ? undefined : { total: rest.total ?? null, n: 1 },
    revision,
    final: false,
  };
}

class World {
  readonly store = new MemoryBoardStore({ now: () => 0 });
  readonly pipeline: CompiledPipeline;
  private readonly sink: BoardRowSink;

  constructor(redis: string, lines: Parameters<typeof compiled>[0] = {}) {
    this.pipeline = compiled({ ...lines, sinks: `  sinks: [{ redis: ${redis} }]` });
    this.sink = new BoardRowSink(this.store, this.pipeline.name, this.board);
  }

  get board(): CompiledBoard {
    return this.pipeline.sinks[0] as CompiledBoard;
  }

  write(...rows: readonly Row[]): Promise<void> {
    return this.sink.write(rows, never);
  }

  async scores(key?: string): Promise<string[]> {
    const place = { pipeline: 'p', view: this.board.view, key };
    const { entries } = await this.store.page(place, this.board.keeps, 100);
    return entries.map(({ member, score }) => `${member} ${score}`);
  }

  seen(key?: string): Promise<number> {
    return this.store.seen({ pipeline: 'p', view: 'unique', key });
  }
}

describe('a leaderboard', () => {
  const sink = '{ leaderboard: { member: key.k, score: total } }';

  it('ranks keys by an aggregate', async () => {
    const world = new World(sink);
    await world.write(row({ k: 'a', revision: 2n, total: 5 }), row({ k: 'b', revision: 4n, total: 7 }));
    expect(await world.scores()).toEqual(['b 7', 'a 5']);
  });

  it('is the same after a replay of older rows, and after a zombie wrote them late', async () => {
    const world = new World(sink);
    const rows = [2n, 4n, 6n].map((revision) => row({ k: 'a', revision, total: Number(revision) }));
    await world.write(...rows);
    await world.write(rows[0]!);
    await world.write(rows[1]!, rows[0]!);
    expect(await world.scores()).toEqual(['a 6']);
  });

  it('shows the newest window of each key, also when an older window is amended later', async () => {
    const world = new World(sink);
    await world.write(row({ k: 'a', minute: 3, revision: 10n, total: 1 }));
    await world.write(row({ k: 'a', minute: 2, revision: 12n, total: 9 }));
    expect(await world.scores()).toEqual(['a 1']);
    await world.write(row({ k: 'a', minute: 4, revision: 14n, total: 3 }));
    expect(await world.scores()).toEqual(['a 3']);
  });

  it('takes off whose row was deleted or has no score any more', async () => {
    const world = new World(sink);
    await world.write(row({ k: 'a', revision: 2n, total: 5 }), row({ k: 'b', revision: 2n, total: 6 }));
    await world.write(row({ k: 'a', revision: 4n, total: undefined }), row({ k: 'b', revision: 4n, total: null }));
    expect(await world.scores()).toEqual([]);
  });

  it.each([
    ['in the order of the task', [0, 1, 2, 3, 4]],
    ['in the order that is worst', [4, 3, 2, 1, 0]],
  ])('shows the session that two were merged into, written %s', async (_, order) => {
    const world = new World(sink, { window: '  window: { kind: session, gap: 5m }' });
    const versions = [
      row({ k: 'a', minute: 0, endMs: MINUTE, revision: 2n, total: 1 }),
      row({ k: 'a', minute: 6, endMs: 8 * MINUTE, revision: 4n, total: 2 }),
      row({ k: 'a', minute: 0, endMs: MINUTE, revision: 5n, total: undefined }),
      row({ k: 'a', minute: 6, endMs: 8 * MINUTE, revision: 5n, total: undefined }),
      row({ k: 'a', minute: 0, endMs: 8 * MINUTE, revision: 6n, total: 3 }),
    ];
    for (const i of order) await world.write(versions[i]!);
    expect(await world.scores()).toEqual(['a 3']);
  });

  it('has a board for each text of its key', async () => {
    const world = new World('{ leaderboard: { key: window.date, member: key.k, score: total, order: lowest } }');
    await world.write(row({ k: 'a', revision: 2n, total: 5 }), row({ k: 'b', revision: 2n, total: 4 }));
    await world.write(row({ k: 'a', minute: 1440, revision: 4n, total: 6 }));
    expect(await world.scores('1970-01-01')).toEqual(['b 4', 'a 5']);
    expect(await world.scores('1970-01-02')).toEqual(['a 6']);
  });

  it('stops the pipeline for a score that can never be one', async () => {
    const world = new World('{ leaderboard: { member: key.k, score: "\'x\' + string(total)" } }');
    await expect(world.write(row({ k: 'a', revision: 2n, total: 5 }))).rejects.toThrow(FatalError);
    await expect(world.write(row({ k: 'a', revision: 2n, total: 5 }))).rejects.toThrow('a number is needed');
  });

  it('writes nothing when it is aborted beforehand', async () => {
    const world = new World(sink);
    const reason = new Error('revoked');
    const aborted = new BoardRowSink(world.store, 'p', world.board);
    await expect(aborted.write([row({ k: 'a', revision: 2n, total: 1 })], AbortSignal.abort(reason))).rejects.toBe(
      reason,
    );
    expect(await world.scores()).toEqual([]);
  });
});

describe('the latest rows', () => {
  it('are those whose windows end last, each once, with its newest version', async () => {
    const world = new World('{ latest: { size: 2 } }');
    const versions = [0, 1, 2].map((minute) => row({ k: 'a', minute, revision: 2n, total: minute }));
    await world.write(...versions, row({ k: 'a', minute: 2, revision: 4n, total: 20 }));
    await world.write(versions[2]!, versions[0]!);
    const { entries } = await world.store.page({ pipeline: 'p', view: 'latest', key: undefined }, 'highest', 10);
    expect(entries.map(({ text }) => (JSON.parse(text) as { values: { total: number } }).values.total)).toEqual([
      20, 1,
    ]);
  });

  it('are ordered by a field of records where there is no window', async () => {
    const world = new World('{ latest: { at: at } }', { key: undefined, window: undefined, aggregate: undefined });
    const record = (at: string, revision: bigint): Row => {
      const rest = row({ k: 'a', revision, total: 0 });
      return { ...rest, key: {}, keyText: '[]', window: undefined, partition: 0, values: { at } };
    };
    await world.write(record('2013-01-02T00:00:00Z', 2n), record('2013-01-01T00:00:00Z', 4n));
    await world.write(record('2013-01-02T00:00:00Z', 2n));
    const { entries } = await world.store.page({ pipeline: 'p', view: 'latest', key: undefined }, 'highest', 10);
    expect(entries.map(({ score }) => new Date(score).toISOString().slice(0, 10))).toEqual([
      '2013-01-02',
      '2013-01-01',
    ]);
  });
});

describe('unique members', () => {
  it('are counted once for each key of the sink, however often their rows come', async () => {
    const world = new World('{ unique: { key: window.date, member: key.k } }');
    const rows = [row({ k: 'a', revision: 2n, total: 1 }), row({ k: 'b', minute: 5, revision: 2n, total: 1 })];
    await world.write(...rows, row({ k: 'a', minute: 9, revision: 4n, total: 2 }));
    await world.write(...rows);
    expect(await world.seen('1970-01-01')).toBe(2);
    expect(await world.seen('1970-01-02')).toBe(0);
  });
});

describe('a counter', () => {
  it('has the value of the newest version and is not doubled by a replay', async () => {
    const world = new World('{ counter: { member: key.k, value: n + total } }', {
      window: '  window: { kind: global }',
    });
    const version = (revision: bigint): Row => ({
      ...row({ k: 'a', revision, total: Number(revision) }),
      window: undefined,
    });
    await world.write(version(2n), version(4n));
    await world.write(version(2n));
    await world.write(version(4n));
    expect(await world.scores()).toEqual(['a 5']);
  });
});
