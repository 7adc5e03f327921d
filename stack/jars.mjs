import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { cacheFolder } from './profiles.mjs';
import { mustRun, onPath } from './run.mjs';

const DOWNLOAD_MS = 600_000;

/**
 * The folder with a server's jars, fetched by Maven if it is not in the cache yet: those that its pom
 * depends on, or those of the archive that its pom unpacks. The folder is named by the content of the
 * pom and appears in one rename, so it is complete or absent, whatever was interrupted.
 */
export async function jarsOf(server, pom, { log, signal }, goal = 'dependency:copy-dependencies') {
  const digest = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), `${server}-${digest}`);
  if (existsSync(folder)) return folder;
  // One download at a time: Maven's own repository is not made for two writers.
  return withLock(join(cacheFolder(), 'download.lock'), () => download(), { signal });

  async function download() {
    if (existsSync(folder)) return folder;
    if (!onPath('mvn')) throw new Error(`${server}: Maven is needed to fetch its jars; install the package 'maven'`);
    log(`${server}: fetching its jars, once`);
    mkdirSync(cacheFolder(), { recursive: true });
    const partial = mkdtempSync(join(cacheFolder(), `.${server}-`));
    try {
      const options = ['-DincludeScope=runtime', `-DoutputDirectory=${partial}`];
      await mustRun('mvn', ['-q', '-B', '-f', pom, goal, ...options], { timeoutMs: DOWNLOAD_MS, signal });
      renameSync(partial, folder);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
    return folder;
  }
}
