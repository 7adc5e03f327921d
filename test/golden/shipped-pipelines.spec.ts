import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test as goldenTest } from '../../src/commands/test.command';
import { STANDARD_LANGUAGE } from '../../src/core/pipeline/language';
import { parsePipelines } from '../../src/core/pipeline/parse';
import { besideFile } from '../../src/processing/read-beside';
import { parseGoldenTests } from '../../src/testing/golden-file';

const ROOT = join(__dirname, '..', '..');
const FOLDER = join(ROOT, 'pipelines');
const MODELINE = /^# yaml-language-server: \$schema=(\S+)\n/;

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
const tests = files.filter((name) => name.endsWith('.test.yaml'));
const pipelines = files.filter((name) => !tests.includes(name));
const textOf = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

describe('the shipped pipelines', () => {
  it.each(pipelines)('%s has a golden test for each of its pipelines', (name) => {
    const tested = tests
      .flatMap((file) => parseGoldenTests(textOf(file), file).tests)
      .map(({ definition }) => definition.spec.pipeline)
      .filter(({ file }) => file === name);
    const { definitions } = parsePipelines(textOf(name), name, STANDARD_LANGUAGE, besideFile(join(FOLDER, name)));
    const isTested = (pipeline: string): boolean =>
      tested.some((target) => target.name === pipeline || (target.name === undefined && definitions.length === 1));
    const untested = definitions.map(({ metadata }) => metadata.name).filter((pipeline) => !isTested(pipeline));
    expect(definitions).not.toEqual([]);
    expect(untested).toEqual([]);
  });

  it.each(tests)('%s passes', async (name) => {
    const err: string[] = [];
    const io = {
      out: () => undefined,
      err: (line: string) => void err.push(line),
      readFile: (path: string) => readFile(path, 'utf8'),
      stdout: new PassThrough(),
    };
    const exitCode = await goldenTest([join(FOLDER, name)], io);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: [] });
  });

  it.each(files)('%s begins with a line that tells editors its schema', (name) => {
    const schema = MODELINE.exec(textOf(name))?.[1];
    const kind = tests.includes(name) ? 'test' : 'pipeline';
    expect(schema).toBe(`../docs/${kind}.schema.json`);
    expect(existsSync(join(FOLDER, schema!))).toBe(true);
  });
});
