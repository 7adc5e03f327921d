import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { parse } from 'yaml';
import { test as goldenTest } from '../../src/commands/test.command';
import { builtInFunctions } from '../../src/core/pipeline/built-in-functions';
import { parsePipelines } from '../../src/core/pipeline/parse';
import { problemText } from '../../src/core/pipeline/problem';
import { pipelineReference } from '../../src/core/pipeline/reference';

const PAGE = readFileSync(join(__dirname, '..', '..', 'docs', 'pipelines.md'), 'utf8');
const [GUIDE = '', REFERENCE = ''] = PAGE.split(/<!-- Made by .*-->\n/);
const BLOCKS = [...GUIDE.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
const FILES = BLOCKS.filter((text) => text.includes('apiVersion:'));
const PARTS = BLOCKS.filter((text) => !text.includes('apiVersion:'));

const base = {
  source: { topic: 'in', format: 'json' },
  key: ['location'],
  window: { kind: 'tumbling', size: '1m' },
  aggregate: { n: 'count()' },
  sinks: [{ live: {} }],
};

/** A part of `spec` in a whole pipeline; null takes a part of the base away. */
function pipelineWith(part: string): string {
  const spec = Object.entries({ ...base, ...(parse(part) as object) }).filter(([, value]) => value !== null);
  const document = {
    apiVersion: 'millrace/v1',
    kind: 'Pipeline',
    metadata: { name: 'p' },
    spec: Object.fromEntries(spec),
  };
  return JSON.stringify(document);
}

describe('docs/pipelines.md', () => {
  it.each(PARTS)('shows a part that is right:\n%s', (part) => {
    expect(parsePipelines(pipelineWith(part), 'part').problems.map(problemText)).toEqual([]);
  });

  it('has an example of each window kind and each late policy', () => {
    const specs = PARTS.map((part) => parse(part) as { window?: { kind: string } | null; late?: string | object });
    expect(new Set(specs.flatMap(({ window }) => window?.kind ?? []))).toEqual(
      new Set(['tumbling', 'hopping', 'sliding', 'session', 'cumulative', 'calendar', 'count', 'global']),
    );
    const policies = specs.flatMap(({ late }) => (typeof late === 'object' ? Object.keys(late) : (late ?? [])));
    expect(policies).toEqual(['drop', 'topic', 'amend']);
  });

  it('shows a golden test that its pipeline passes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-page-'));
    const paths = FILES.map((text) => {
      const path = join(folder, /^# (\S+)\n/.exec(text)![1]!);
      writeFileSync(path, text);
      return path;
    });
    const lines: string[] = [];
    const say = (line: string): void => void lines.push(line);
    const io = { out: say, err: say, readFile: (path: string) => readFile(path, 'utf8'), stdout: new PassThrough() };
    const exitCode = await goldenTest(
      paths.filter((path) => path.endsWith('.test.yaml')),
      io,
    );
    rmSync(folder, { recursive: true });
    expect([exitCode, lines.at(-1)]).toEqual([0, '1 passed, 0 failed']);
  });

  it('says what each function gives', () => {
    for (const { name } of builtInFunctions) {
      expect(pipelineReference()).toMatch(new RegExp(`^\\| .*\`${name}\\(.*\\| [^|]{10,} \\|$`, 'm'));
    }
  });

  it('ends with the reference as it is: else run `npm run schema`', () => {
    expect(REFERENCE.trim()).toBe(pipelineReference().trim());
  });
});
