import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ConfigError } from '../../../src/core/errors';
import { RecordFile, type RecordFileOptions } from '../../../src/ingestion/file-records';

describe('record file', () => {
  let folder: string;
  let bad: [number, string][];

  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'millrace-records-'))));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(() => (bad = []));

  const write = (name: string, content: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const read = async (path: string, more: Partial<RecordFileOptions> = {}): Promise<[number, unknown][]> => {
    const file = new RecordFile({ path, onBadLine: (line, message) => bad.push([line, message]), ...more });
    const records: [number, unknown][] = [];
    for await (const { line, value } of file.records()) records.push([line, JSON.parse(Buffer.from(value).toString())]);
    return records;
  };

  it('reads CSV by the names of its first line: numbers as numbers, empty cells as null', async () => {
    const path = write('a.csv', 'location,pm25,code\nBeijing US Post,31,007\n"Chengdu, ""US"" Post",,-1.5e2\n');
    expect(await read(path)).toEqual([
      [2, { location: 'Beijing US Post', pm25: 31, code: '007' }],
      [3, { location: 'Chengdu, "US" Post', pm25: null, code: -150 }],
    ]);
  });

  it('reads gzip whatever the name says', async () => {
    const path = write('b.csv', gzipSync('a\n1\n'));
    expect(await read(path)).toEqual([[2, { a: 1 }]]);
  });

  it('names the lines of a CSV file that it leaves out, and goes on', async () => {
    const path = write('c.csv', 'a,b\n1,2\nonly one\n3,4\n1,2,3\n5,6\n');
    expect(await read(path)).toEqual([
      [2, { a: 1, b: 2 }],
      [4, { a: 3, b: 4 }],
      [6, { a: 5, b: 6 }],
    ]);
    expect(bad).toEqual([
      [3, 'it has 1 cells, the header has 2'],
      [5, 'it has 3 cells, the header has 2'],
    ]);
  });

  it('goes on after a quote out of place', async () => {
    const path = write('d.csv', 'a,b\n1,x"y"\n3,4\n');
    expect(await read(path)).toEqual([[3, { a: 3, b: 4 }]]);
    expect(bad.map(([line]) => line)).toEqual([2]);
  });

  it('takes a cell called __proto__ for a cell', async () => {
    const path = write('e.csv', '__proto__,a\n1,2\n');
    const [record] = await read(path);
    expect(Object.keys(record![1] as object)).toEqual(['__proto__', 'a']);
  });

  it('refuses a header in which a name is missing or comes twice', async () => {
    await expect(read(write('f.csv', 'a,,b\n1,2,3\n'))).rejects.toThrow('column 2 has no name');
    await expect(read(write('g.csv', 'a,a\n1,2\n'))).rejects.toThrow('two columns are called "a"');
  });

  it('passes lines of NDJSON on to the last byte, also those that are no JSON', async () => {
    const path = write('h.ndjson', '{"a": 1.0}\nno json\n');
    const values: string[] = [];
    for await (const { value } of new RecordFile({ path }).records()) values.push(Buffer.from(value).toString());
    expect(values).toEqual(['{"a": 1.0}', 'no json']);
  });

  it('tells the format by the first byte when the name does not', async () => {
    expect(await read(write('i', ' {"a":1}\n'))).toEqual([[1, { a: 1 }]]);
    expect(await read(write('j', 'a\n1\n'))).toEqual([[2, { a: 1 }]]);
  });

  it('has no records when the file is empty', async () => {
    expect(await read(write('k.csv', ''))).toEqual([]);
    expect(await read(write('l.ndjson', ''))).toEqual([]);
  });

  it('knows how large the file is and how much of it has been read', async () => {
    const path = write('m.ndjson', '{"a":1}\n');
    const file = new RecordFile({ path });
    expect(await file.size()).toBe(8);
    for await (const record of file.records()) expect(record.line).toBe(1);
    expect(file.bytesRead).toBe(8);
  });

  it('refuses a file that is not there, a folder and a broken gzip, naming it', async () => {
    await expect(read(join(folder, 'nowhere'))).rejects.toThrow(ConfigError);
    await expect(new RecordFile({ path: folder }).size()).rejects.toThrow('it is a folder');
    const broken = gzipSync('a\n1\n2\n').subarray(0, 15);
    await expect(read(write('n.csv.gz', broken))).rejects.toThrow(/cannot read .*n\.csv\.gz/);
  });
});
