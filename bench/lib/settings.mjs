import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What one run is told, from the environment. Every name made by the run starts with `prefix`. */
export function settingsOf(env, nowMs) {
  return {
    records: positiveInteger(env.BENCH_RECORDS ?? '1000000', 'BENCH_RECORDS'),
    only: env.BENCH_ONLY?.split(',').map((id) => id.trim()),
    timeoutMs: positiveInteger(env.BENCH_TIMEOUT_S ?? '180', 'BENCH_TIMEOUT_S') * 1000,
    kafka: env.BENCH_KAFKA,
    redis: env.BENCH_REDIS,
    prefix: `bench-${nowMs.toString(36)}`,
    partitions: 4,
    root,
    benchFolder: join(root, 'bench'),
    outFolder: join(root, 'bench', 'out'),
    cacheFolder: join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'millrace', 'bench'),
    tmpFolder: join(tmpdir(), `millrace-bench-${nowMs.toString(36)}`),
  };
}

function positiveInteger(text, name) {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value <= 0)
    throw new Error(`${name} must be a positive whole number, not '${text}'`);
  return value;
}
