// What is told of definitions by themselves: the JSON Schemas for editors
// (`# yaml-language-server: $schema=../docs/pipeline.schema.json`), and the reference at the end of docs/pipelines.md.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { at, NODE } from './project.mjs';

const MARK = /<!-- Made by .*-->\n/;

function schema(kind) {
  const { status, stdout } = spawnSync(NODE, [at('dist', 'cli.js'), 'schema', kind], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
  return stdout;
}

for (const kind of ['pipeline', 'feed', 'test']) writeFileSync(at('docs', `${kind}.schema.json`), schema(kind));

const page = at('docs', 'pipelines.md');
const text = readFileSync(page, 'utf8');
const mark = MARK.exec(text);
if (!mark) throw new Error(`${page}: the line that begins with "<!-- Made by" is missing`);
writeFileSync(page, `${text.slice(0, mark.index)}${mark[0]}\n${schema('reference')}`);
