import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { CommandIo } from '../../../src/commands/command-io';
import { replay, type ReplayOptions } from '../../../src/commands/replay.command';

const SHIPPED = join(__dirname, '..', '..', '..', 'pipelines', 'air-quality-daily.yaml');
const reading = (post: string, time: string, pm25: number | null) =>
  JSON.stringify({ location: post, observed_at: `2013-01-${time}:00:00+08:00`, pm25 });

describe('millrace replay', () => {
  let folder: string;
  let err: string[];
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'millrace-replay-'))));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(() => (err = []));

  const run = async (
    lines: readonly string[],
    options: Partial<ReplayOptions> = {},
    definition = SHIPPED,
  ): Promise<string> => {
    const input = join(folder, 'input.ndjson');
    writeFileSync(input, lines.join('\n'));
    let text = '';
    const stdout = new Writable({
      decodeStrings: false,
      write(chunk: string, _encoding, done) {
        text += chunk;
        done();
      },
    });
    const io: CommandIo = {
      out: () => undefined,
      err: (line) => void err.push(line),
      readFile: (path) => readFile(path, 'utf8'),
      stdout,
    };
    expect(await replay(definition, { input, partitions: 1, ...options }, io)).toBe(0);
    return text;
  };
  const rowsOf = (text: string) =>
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { key: { location: string }; values: { readings: number }; final: boolean });

  const DAYS = [
    reading('B', '01T00', 5),
    reading('A', '01T01', 7),
    reading('A', '01T02', null),
    'no json',
    reading('A', '03T00', 9),
    reading('A', '01T05', 1),
  ];

  it('prints each emitted row, and says on standard error what became of the records', async () => {
    const rows = rowsOf(await run(DAYS));
    expect(rows.filter(({ final }) => final).map(({ key }) => key.location)).toEqual(['B', 'A']);
    expect(err.join('\n')).toContain('dead letter: partition 0 offset 3: not-decodable');
    expect(err.at(-1)).toMatch(/^6 records: 3 accepted, 1 filtered, 1 late, 1 dead; \d+ rows$/);
  });

  it('prints the rows that are left, by key then start, with --table', async () => {
    const rows = rowsOf(await run(DAYS, { table: true }));
    expect(rows.map(({ key, final }) => [key.location, final])).toEqual([
      ['A', true],
      ['A', false],
      ['B', true],
    ]);
  });

  it('closes what is open at the end with --close', async () => {
    expect(rowsOf(await run(DAYS, { table: true, close: true })).every(({ final }) => final)).toBe(true);
  });

  it('prints late records on standard error with --late', async () => {
    await run(DAYS, { late: true });
    expect(err.join('\n')).toContain(`late by ${24 * 3_600_000} ms: ${reading('A', '01T05', 1)}`);
  });

  it.each(['late: { topic: readings.late }', 'late: { amend: 7d }'])(
    'prints late records with %s too',
    async (late) => {
      const definition = join(folder, 'late.yaml');
      writeFileSync(definition, readFileSync(SHIPPED, 'utf8').replace('late: drop', late));
      await run(DAYS, { late: true }, definition);
      expect(err.filter((line) => line.startsWith('late by '))).toHaveLength(1);
      expect(err.at(-1)).toMatch(/^6 records: 3 accepted, 1 filtered, 1 late, 1 dead/);
    },
  );

  it('gives byte-identical output twice', async () => {
    expect(await run(DAYS, { partitions: 3 })).toBe(await run(DAYS, { partitions: 3 }));
  });

  it('tells of the first twenty dead letters and counts the others', async () => {
    await run(Array.from({ length: 30 }, () => 'no json'));
    expect(err.filter((line) => line.startsWith('dead letter'))).toHaveLength(20);
    expect(err.join('\n')).toContain('... and 10 more');
  });

  describe('of a pipeline that looks records up', () => {
    const definition = (): string => {
      const path = join(folder, 'lookup.yaml');
      const lookup = '{ table: topic, name: posts, on: location, as: post, pointInTime: true }';
      const [head, tail] = readFileSync(SHIPPED, 'utf8').split('  where:');
      writeFileSync(path, `${head}  lookup: ${lookup}\n  where: post.open == true &&${tail}`);
      return path;
    };
    const table = (text: string): string => {
      const path = join(folder, 'posts.ndjson');
      writeFileSync(path, text);
      return `posts=${path}`;
    };
    const counted = async (text: string): Promise<number> => {
      const rows = rowsOf(await run(DAYS.slice(0, 2), { lookup: [table(text)], table: true }, definition()));
      return rows.length;
    };

    it.each([
      ['an object of values by key', '{"A":{"open":true},"B":{"open":false}}', 1],
      ['lines', '{"key":"A","value":{"open":true}}\n\n{"key":"B","value":{"open":true}}\n', 2],
      ['one line', '{"key":"A","value":{"open":true}}', 1],
      ['lines that hold from a time on', '{"key":"A","value":{"open":true},"time":"2013-01-02T00:00:00Z"}\n', 0],
      ['lines of which one deletes', '{"key":"A","value":{"open":true}}\n{"key":"A","value":null}\n', 0],
    ])('takes entries as %s', async (_what, text, rows) => {
      expect(await counted(text)).toBe(rows);
    });

    it.each([
      ['a table without a file', [], /looks records up in posts; give its entries: --lookup posts=FILE/],
      ['a name that is no table', ['poste=x'], /"poste" is no lookup table of the pipeline; did you mean "posts"\?/],
      ['no file', ['posts'], /--lookup posts: NAME=FILE is needed/],
      ['a file that is not there', ['posts=/nowhere/posts'], /\/nowhere\/posts: cannot be read/],
    ])('refuses %s', async (_what, lookup, message) => {
      await expect(run(DAYS, { lookup }, definition())).rejects.toThrow(message);
    });

    it.each([
      ['{"key":"A","value":1}\n{"kye":"B"}', 2, 'is needed'],
      ['{"key":"A","value":1,"time":"noon"}', 1, 'time field "time": "noon" is no time'],
      ['[1]', 1, 'is needed'],
    ])('refuses the line that is no entry: %s', async (text, line, message) => {
      const lookup = table(text);
      const place = `${lookup.slice('posts='.length)}:${line}: `;
      const failure = await run(DAYS, { lookup: [lookup] }, definition()).catch((error: Error) => error.message);
      expect(failure).toContain(place);
      expect(failure).toContain(message);
    });
  });
});
