import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { javaCommand } from '../../stack/java.mjs';
import { withLock } from '../../stack/lock.mjs';
import { cacheFolder } from '../../stack/profiles.mjs';
import { mustRun, onPath } from '../../stack/run.mjs';

const PROJECT = join(import.meta.dirname, 'java');
const BUILD_MS = 600_000;

/**
 * Kafka Streams on the cases of standard input, a line each; the answers go to standard output. Builds the program
 * first, unless the cache has it: a folder that is named by its sources and appears in one rename.
 */
async function main() {
  const folder = join(cacheFolder(), `kafka-streams-reference-${digest()}`);
  if (!existsSync(folder)) {
    // One download at a time: Maven's own repository is not made for two writers.
    await withLock(join(cacheFolder(), 'download.lock'), () => build(folder));
  }
  const classPath = `${join(folder, 'classes')}:${join(folder, 'libs')}/*`;
  // A short life: what the best compiler takes to warm up is more than it saves.
  const options = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xmx512m'];
  const java = spawn(await javaCommand(), [...options, '-cp', classPath, 'millrace.differential.Reference'], {
    stdio: 'inherit',
  });
  java.on('exit', (code) => (process.exitCode = code ?? 1));
  process.on('SIGTERM', () => java.kill('SIGTERM'));
}

async function build(folder) {
  if (existsSync(folder)) return;
  if (!onPath('mvn') || !onPath('javac')) {
    throw new Error(
      "The Kafka Streams reference is built with Maven and javac; install 'maven' and 'openjdk-17-jdk-headless'",
    );
  }
  mkdirSync(cacheFolder(), { recursive: true });
  const partial = mkdtempSync(join(cacheFolder(), '.kafka-streams-reference-'));
  try {
    const args = ['-q', '-B', '-f', join(PROJECT, 'pom.xml'), `-Dreference.out=${partial}`];
    await mustRun('mvn', [...args, 'compile', 'dependency:copy-dependencies'], { timeoutMs: BUILD_MS });
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function digest() {
  const hash = createHash('sha256');
  for (const file of globSync('{pom.xml,src/**/*.java}', { cwd: PROJECT }).sort()) {
    hash.update(file).update(readFileSync(join(PROJECT, file)));
  }
  return hash.digest('hex').slice(0, 12);
}

await main();
