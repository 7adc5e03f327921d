import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { main } from '../../../src/commands/main';
import { pipelineText } from '../core/pipeline/pipeline-text';

const EXAMPLE = join(__dirname, '..', '..', '..', 'examples', 'typescript', 'pipelines.ts');

describe('commands with pipelines and extensions in modules', () => {
  let folder: string;
  let out: string[];
  let err: string[];
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const run = (...args: string[]): Promise<number | undefined> => {
    const stdout = new Writable({
      decodeStrings: false,
      write(chunk: string, _encoding, done) {
        out.push(...chunk.split('\n').filter(Boolean));
        done();
      },
    });
    return main(['node', 'millrace', ...args], {
      out: (line) => void out.push(line),
      err: (line) => void err.push(line),
      readFile: (path) => readFile(path, 'utf8'),
      stdout,
    });
  };
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'millrace-extensions-'))));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(() => ([out, err] = [[], []]));

  const calling = () =>
    file('calling.yaml', pipelineText({ aggregate: '  aggregate: { typical: geometric_mean(x) }' }));

  it('replay a pipeline of a module', async () => {
    const records = [10, 1000].map((pm25) =>
      JSON.stringify({ location: 'A', observed_at: '2013-01-01T00:00:00Z', pm25 }),
    );
    const input = file('input.ndjson', records.join('\n'));
    const args = ['--input', input, '--pipeline', 'air-quality-by-the-hour', '--table', '--close'];
    expect(await run('replay', EXAMPLE, ...args)).toBe(0);
    expect(out.map((line) => (JSON.parse(line) as { values: unknown }).values)).toEqual([
      { mean: 505, typical: expect.closeTo(100, 9), readings: 2 },
    ]);
  });

  it('know the aggregates of modules in definitions', async () => {
    const yaml = calling();
    expect(await run('validate', yaml)).toBe(1);
    expect(err.join('\n')).toContain('unknown aggregate "geometric_mean"');
    expect(await run('validate', yaml, '--extensions', EXAMPLE)).toBe(0);
    const input = file('numbers.ndjson', '{"k":"a","at":1600000000,"x":2}\n{"k":"a","at":1600000001,"x":8}');
    out = [];
    expect(await run('replay', yaml, '--input', input, '--table', '--extensions', EXAMPLE)).toBe(0);
    expect(out.join()).toMatch(/"typical":(4|3\.9999|4\.0000)/);
  });

  it('validate the pipelines of a module', async () => {
    expect(await run('validate', EXAMPLE)).toBe(0);
    expect(out).toEqual([`${EXAMPLE}: ok (2 pipelines)`]);
    expect(await run('validate', join(folder, 'gone.js'))).toBe(1);
    expect(err.join('\n')).toContain('gone.js cannot be loaded');
  });

  it('say which module cannot be loaded', async () => {
    expect(await run('validate', calling(), '--extensions', join(folder, 'gone.js'))).toBe(2);
    expect(err.join('\n')).toContain('gone.js cannot be loaded');
  });
});
