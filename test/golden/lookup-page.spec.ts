import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { replay } from '../../src/commands/replay.command';

const PAGE = join(__dirname, '..', '..', 'docs', 'lookup.md');

/** The contents of the page's code blocks, in their order. */
function blocks(): string[] {
  return [...readFileSync(PAGE, 'utf8').matchAll(/```(?:yaml|json)\n(.*?)```/gs)].map(([, text]) => text!);
}

describe('docs/lookup.md', () => {
  it('shows what its pipeline gives for its entries and readings', async () => {
    const [pipeline, entries, readings, row] = blocks();
    const folder = mkdtempSync(join(tmpdir(), 'millrace-lookup-page-'));
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    let printed = '';
    const stdout = new Writable({
      decodeStrings: false,
      write(text: string, _encoding, done) {
        printed += text;
        done();
      },
    });
    const io = {
      out: () => undefined,
      err: () => undefined,
      readFile: (path: string) => readFile(path, 'utf8'),
      stdout,
    };
    await replay(
      file('too-high.yaml', pipeline!),
      {
        ...{ input: file('readings.ndjson', readings!), table: true, partitions: 1 },
        lookup: [`sensors=${file('sensors.ndjson', entries!)}`],
      },
      io,
    );
    rmSync(folder, { recursive: true });
    expect(printed).toBe(row);
  });
});
