import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type FeedState, FIRST_STATE } from '../../../../src/core/feeds/feed-state';
import { FileSource } from '../../../../src/ingestion/feeds/file-source';

const never = new AbortController().signal;

describe('a feed of a file', () => {
  let folder: string;
  let nowMs = 1_000_000;
  const sources: FileSource[] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-feed-'));
    const lines = Array.from({ length: 10 }, (_, i) => (i === 4 ? '{"n":' : JSON.stringify({ n: i })));
    writeFileSync(join(folder, 'ten.ndjson.gz'), gzipSync(lines.join('\n')));
    writeFileSync(join(folder, 'cells.csv'), 'n,name\n1,ä\n2,b,c\n3,\n');
  });
  afterAll(async () => {
    for (const source of sources) await source.close();
    rmSync(folder, { recursive: true });
  });

  function open(name: string, { rate = 16, loop = false } = {}): FileSource {
    const source = new FileSource({ kind: 'file', path: join(folder, name), rate, loop }, { now: () => nowMs });
    sources.push(source);
    return source;
  }

  async function next(source: FileSource, state: FeedState): Promise<{ items: unknown[]; state: FeedState }> {
    nowMs = Math.max(nowMs, source.dueAtMs(state));
    const polled = await source.poll(state, never);
    return { items: polled?.pages.flatMap(({ items }) => items) ?? [], state: { ...state, ...polled?.moved } };
  }

  it('comes at its rate, goes on behind what was stored, and ends', async () => {
    const first = await next(open('ten.ndjson.gz'), FIRST_STATE);
    expect(first.items).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }, { n: 3 }]);
    const again = open('ten.ndjson.gz');
    const second = await next(again, first.state);
    expect(second.items).toMatchObject([{ text: '{"n":' }, { n: 5 }, { n: 6 }, { n: 7 }]);
    const third = await next(again, second.state);
    expect(third.items).toEqual([{ n: 8 }, { n: 9 }]);
    expect(again.dueAtMs(third.state)).toBe(Infinity);
  });

  it('gives a batch again whose storing failed', async () => {
    const source = open('ten.ndjson.gz');
    const first = await next(source, FIRST_STATE);
    await next(source, first.state);
    expect((await next(source, first.state)).items).toMatchObject([{ text: '{"n":' }, { n: 5 }, { n: 6 }, { n: 7 }]);
  });

  it('begins again at its end when it loops', async () => {
    const source = open('ten.ndjson.gz', { rate: 48, loop: true });
    let at = await next(source, FIRST_STATE);
    const seen = [...at.items];
    for (let i = 0; i < 4; i++) {
      at = await next(source, at.state);
      seen.push(...at.items);
    }
    expect(seen).toHaveLength(60);
    expect(seen.slice(54)).toEqual(seen.slice(4, 10));
    expect(source.dueAtMs(at.state)).toBeLessThan(Infinity);
  });

  it('reads cells, and tells of rows that it cannot read', async () => {
    const { items } = await next(open('cells.csv'), FIRST_STATE);
    expect(items).toContainEqual({ n: 1, name: 'ä' });
    expect(items).toContainEqual({ n: 3, name: null });
    expect(items).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('cells.csv:3: ') as string }),
    );
  });

  it('that is not there is a failed poll that names it', async () => {
    await expect(next(open('nothing.csv'), FIRST_STATE)).rejects.toMatchObject({
      result: 'unreachable',
      message: expect.stringContaining('nothing.csv') as string,
    });
  });

  it('does not make up for more than two seconds after a pause', async () => {
    const source = open('ten.ndjson.gz', { rate: 2, loop: true });
    const first = await next(source, FIRST_STATE);
    nowMs += 3_600_000;
    expect((await next(source, first.state)).items).toHaveLength(4);
  });
});
