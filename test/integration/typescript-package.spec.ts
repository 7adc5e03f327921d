import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const CLI = join(ROOT, 'dist', 'cli.js');
/** Below the root, where `millrace` is this package by its own name. */
const COMPILED = join(ROOT, 'dist', '.example');

describe('the package as built', () => {
  let folder: string;
  const node = (...args: string[]): string =>
    execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', timeout: 60_000, stdio: 'pipe' });
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-package-'));
    const config = join(ROOT, 'examples', 'typescript', 'tsconfig.json');
    node(join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', config, '--declaration', '--outDir', COMPILED);
  }, 60_000);
  afterAll(() => {
    rmSync(folder, { recursive: true });
    rmSync(COMPILED, { recursive: true });
  });

  const INPUT = '{"location":"A","observed_at":"2013-01-01T00:00:00Z","pm25":10}\n';
  const replay = (module: string, ...args: string[]): unknown => {
    const input = join(folder, 'input.ndjson');
    writeFileSync(input, INPUT);
    return JSON.parse(node(CLI, 'replay', module, '--input', input, '--close', ...args));
  };

  it('has declarations that the example compiles with, and runs its pipelines from CommonJS', () => {
    const row = replay(join(COMPILED, 'pipelines.js'), '--pipeline', 'air-quality-by-the-hour');
    expect(row).toMatchObject({ key: { location: 'A' }, values: { mean: 10, readings: 1 }, final: true });
  });

  it('runs pipelines from ES modules', () => {
    const module = join(COMPILED, 'module.mjs');
    const lines = [
      "import { count, global, json, live, pipeline, topic } from 'millrace';",
      "import { z } from 'zod';",
      "const source = topic('t', json(z.object({ location: z.string() })), { time: {} });",
      "export const pipelines = [pipeline('p').from(source).where((r) => r.location === 'A').by('location')",
      '  .window(global()).aggregate({ n: count() }).to(live())];',
    ];
    writeFileSync(module, lines.join('\n'));
    expect(replay(module)).toMatchObject({ pipeline: 'p', key: { location: 'A' }, values: { n: 1 } });
  });
});
