import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { runForeground } from './foreground.mjs';
import { countsOf } from './jest-results.mjs';
import { at, NODE, ROOT } from './project.mjs';

const DEADLINE_MS = 45 * 60_000;
const EXIT_MS = 15_000;
// Jest loads ESM-only Nest through vm modules; kafkajs computes negative time-outs on Node 24.
const NODE_FLAGS = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  '--disable-warning=TimeoutNegativeWarning',
];

/**
 * Runs jest over what `args` select and resolves with its counts; `name` is that of the file of
 * results. A jest that something keeps alive after its last test is killed, and that is a failure.
 */
export async function runJest(name, args, env, interrupt) {
  const results = at('test-results', `${name}.json`);
  mkdirSync(at('test-results'), { recursive: true });
  rmSync(results, { force: true });
  const command = [at('node_modules', 'jest', 'bin', 'jest.js'), '--json', `--outputFile=${results}`, ...args];
  const nodeOptions = [process.env.NODE_OPTIONS, ...NODE_FLAGS].filter(Boolean).join(' ');
  const finish = watchForEnd(results);
  const exitCode = await runForeground(NODE, command, {
    cwd: ROOT,
    env: { ...env, NODE_OPTIONS: nodeOptions },
    interrupt,
    timeoutMs: DEADLINE_MS,
    cutOff: finish.signal,
  });
  finish.stop();
  interrupt.throwIfAborted();
  const counts = countsOf(results, exitCode);
  if (!finish.signal.aborted) return counts;
  const reason = `jest did not end within ${EXIT_MS / 1000} s of its last test: a test leaves something open`;
  return { ...counts, failed: Math.max(counts.failed, 1), reason };
}

/** `signal` fires some time after jest has written its results; `stop` ends the watch. */
function watchForEnd(results) {
  const controller = new AbortController();
  let writtenAt;
  const timer = setInterval(() => {
    if (existsSync(results)) writtenAt ??= Date.now();
    if (writtenAt && Date.now() - writtenAt > EXIT_MS) controller.abort();
  }, 500);
  return { signal: controller.signal, stop: () => clearInterval(timer) };
}
