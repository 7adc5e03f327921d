import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

import { readSavepoint, writeSavepoint } from '../../../src/commands/savepoint/savepoint-file';
import type { SavepointItem } from '../../../src/runtime/savepoint/savepoint';
import { progress } from '../../support/store-samples';

const ID = { pipeline: 'p', partition: 3 };
const deployment = {
  generation: 2n ** 53n + 2n,
  fingerprint: 'f',
  repartitioned: false,
  partitions: 4,
  definition: '{}',
};
const HEADER: SavepointItem = {
  kind: 'header',
  header: { pipeline: 'p', savedAt: '2026-01-31T00:00:00.000Z', deployment },
};
const ITEMS: readonly SavepointItem[] = [
  HEADER,
  { kind: 'part', id: ID, part: { kind: 'task', task: { epoch: 3n, commits: 4n, generation: 2n, progress } } },
  {
    ...{ kind: 'part', id: ID },
    part: {
      kind: 'entries',
      entries: [{ segment: 's', entry: 'हैदराबाद\n', value: Uint8Array.from([0, 255, 13, 10]) }],
    },
  },
  { kind: 'part', id: ID, part: { kind: 'pending', pending: [{ segment: 's', entry: 'e' }] } },
];

async function* from(items: readonly SavepointItem[]): AsyncGenerator<SavepointItem> {
  yield* await Promise.resolve(items);
}

async function all(items: AsyncIterable<SavepointItem>): Promise<SavepointItem[]> {
  const found: SavepointItem[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Values as plain bytes: what reads them may give another kind of array. */
const plain = (items: readonly SavepointItem[]): unknown =>
  items.map((item) =>
    item.kind === 'part' && item.part.kind === 'entries'
      ? item.part.entries.map((entry) => ({ ...entry, value: [...entry.value] }))
      : item,
  );

describe('a file of a savepoint', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-savepoint-'));
    file = join(folder, 'p.savepoint');
    await writeSavepoint(file, from(ITEMS));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const rewrite = (edit: (lines: string[]) => string[]): void => {
    const lines = gunzipSync(readFileSync(file)).toString().split('\n').slice(0, -1);
    writeFileSync(file, gzipSync(`${edit(lines).join('\n')}\n`));
  };

  it('gives back what was written, to the bit', async () => {
    expect(plain(await all(readSavepoint(file)))).toEqual(plain(ITEMS));
    expect(readdirSync(folder)).toEqual(['p.savepoint']);
  });

  it('divides much state into lines that a reader can take', async () => {
    const value = new Uint8Array(300_000);
    const entries = Array.from({ length: 40 }, (_, i) => ({ segment: 's', entry: `e${i}`, value }));
    const large = join(folder, 'large');
    await writeSavepoint(
      large,
      from([...ITEMS.slice(0, 2), { kind: 'part', id: ID, part: { kind: 'entries', entries } }]),
    );
    const lines = gunzipSync(readFileSync(large)).toString().split('\n');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(2_000_000);
    const parts = await all(readSavepoint(large));
    const names = parts.flatMap((item) =>
      item.kind === 'part' && item.part.kind === 'entries' ? item.part.entries.map(({ entry }) => entry) : [],
    );
    expect(names).toEqual(entries.map(({ entry }) => entry));
  });

  it('is read to its end or not at all, wherever it is cut', async () => {
    const whole = readFileSync(file);
    for (let bytes = 0; bytes < whole.length; bytes += 7) {
      writeFileSync(file, whole.subarray(0, bytes));
      await expect(all(readSavepoint(file))).rejects.toThrow('it is damaged');
    }
  });

  it('is refused when any bit of it has changed', async () => {
    const whole = readFileSync(file);
    // The first ten bytes are gzip's own and say nothing of what is in the file.
    for (let at = 10; at < whole.length; at += 11) {
      const changed = Uint8Array.from(whole);
      changed[at]! ^= 1;
      writeFileSync(file, changed);
      await expect(all(readSavepoint(file))).rejects.toThrow('it is damaged');
    }
  });

  it.each<[string, (lines: string[]) => string[], string]>([
    [
      'an entry was edited',
      (lines) => lines.map((line) => line.replace('AP8NCg==', 'AP8NCw==')),
      'its checksum is another',
    ],
    ['a line is missing', (lines) => lines.filter((_, i) => i !== 2), 'it has 3 lines of 4'],
    ['its end is missing', (lines) => lines.slice(0, -1), 'cut short'],
    ['something follows', (lines) => [...lines, '{}'], 'something follows its last line'],
    ['it is no savepoint', () => ['{"a":1}'], 'a line is not one of a savepoint'],
    ['it is no JSON', () => ['a,b'], 'a line is not one of a savepoint'],
    [
      'no task comes before its entries',
      (lines) => lines.filter((_, i) => i !== 1),
      'a line is not one of a savepoint',
    ],
  ])('is refused when %s', async (_what, edit, message) => {
    rewrite(edit);
    await expect(all(readSavepoint(file))).rejects.toThrow(message);
  });

  it('of a newer format asks for the version that wrote it', async () => {
    rewrite(([head, ...rest]) => [head!.replace('"format":1', '"format":2'), ...rest]);
    await expect(all(readSavepoint(file))).rejects.toThrow('it has format 2');
  });

  it('that is not there, or is there already, is told by its name', async () => {
    await expect(all(readSavepoint(join(folder, 'none')))).rejects.toThrow(/none: cannot be read: .*ENOENT/);
    await expect(writeSavepoint(file, from(ITEMS))).rejects.toThrow('p.savepoint: there is such a file');
    await expect(writeSavepoint(join(folder, 'no', 'f'), from(ITEMS))).rejects.toThrow(/cannot be written: .*ENOENT/);
  });

  it('leaves nothing behind when the save breaks off', async () => {
    async function* broken(): AsyncGenerator<SavepointItem> {
      yield* await Promise.resolve(ITEMS);
      throw new Error('Redis is away');
    }
    await expect(writeSavepoint(join(folder, 'other'), broken())).rejects.toThrow('Redis is away');
    expect(readdirSync(folder)).toEqual(['p.savepoint']);
  });
});
