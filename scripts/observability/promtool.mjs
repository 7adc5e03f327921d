import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../stack/run.mjs';

const CHECK_MS = 60_000;

/** What promtool says of the configuration, of each rule file and of each file of tests. */
export async function promtoolChecks(folder) {
  const files = (part) => readdirSync(join(folder, part)).map((file) => join(folder, part, file));
  const checks = [
    ['check', 'config', join(folder, 'prometheus.yml')],
    ...files('rules').map((file) => ['check', 'rules', file]),
    ...files('tests').map((file) => ['test', 'rules', file]),
  ];
  return Promise.all(checks.map(check));
}

async function check(args) {
  const { code, output } = await run('promtool', args, { timeoutMs: CHECK_MS });
  return { name: `promtool ${args.join(' ')}`, problem: code === 0 ? undefined : output.trim() };
}
