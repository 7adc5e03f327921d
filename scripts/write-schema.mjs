// The JSON Schema of pipelines as a file, for editors: `# yaml-language-server: $schema=../docs/pipeline.schema.json`.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { at, NODE } from './project.mjs';

const { status, stdout } = spawnSync(NODE, [at('dist', 'cli.js'), 'schema'], {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
});
if (status !== 0) process.exit(status ?? 1);
writeFileSync(at('docs', 'pipeline.schema.json'), stdout);
