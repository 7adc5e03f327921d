// Puts what the engine gives into docs/time.md (expected rows) and docs/images (pictures). Look at the difference
// before you commit it: the test that compares them cannot tell a mended page from a broken engine.
import { spawnSync } from 'node:child_process';
import { at, NODE } from './project.mjs';

const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  at('node_modules', 'jest', 'bin', 'jest.js'),
];
const { status } = spawnSync(NODE, [...jest, 'test/golden/time-page.spec.ts'], {
  cwd: at('.'),
  env: { ...process.env, MILLRACE_WRITE_TIME_PAGE: '1' },
  stdio: 'inherit',
});
process.exit(status ?? 1);
