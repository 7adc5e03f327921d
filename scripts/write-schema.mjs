// The JSON Schemas as files, for editors: `# yaml-language-server: $schema=../docs/pipeline.schema.json`.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { at, NODE } from './project.mjs';

for (const kind of ['pipeline', 'test']) {
  const { status, stdout } = spawnSync(NODE, [at('dist', 'cli.js'), 'schema', kind], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(at('docs', `${kind}.schema.json`), stdout);
}
