import { mkdirSync, rmSync } from 'node:fs';
import { countsOf } from './jest-results.mjs';
import { runForeground } from './foreground.mjs';
import { at, NODE, ROOT } from './project.mjs';

const RESULTS = at('test-results', 'jest.json');
const DEADLINE_MS = 45 * 60_000;
// Jest loads ESM-only Nest through vm modules; kafkajs computes negative time-outs on Node 24.
const NODE_FLAGS = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  '--disable-warning=TimeoutNegativeWarning',
];

/** Runs jest once over everything, or over what `args` select, and resolves with its counts. */
export async function runJest(args, env, interrupt) {
  mkdirSync(at('test-results'), { recursive: true });
  rmSync(RESULTS, { force: true });
  const command = [at('node_modules', 'jest', 'bin', 'jest.js'), '--json', `--outputFile=${RESULTS}`, ...args];
  const nodeOptions = [process.env.NODE_OPTIONS, ...NODE_FLAGS].filter(Boolean).join(' ');
  const exitCode = await runForeground(NODE, command, {
    cwd: ROOT,
    env: { ...env, NODE_OPTIONS: nodeOptions },
    interrupt,
    timeoutMs: DEADLINE_MS,
  });
  interrupt.throwIfAborted();
  return countsOf(RESULTS, exitCode);
}
