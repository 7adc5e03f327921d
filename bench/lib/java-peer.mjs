import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Builds a Java peer with Maven into the cache, once for each state of its sources. @returns its class path */
export async function javaPeer(name, { benchFolder, cacheFolder }) {
  const project = join(benchFolder, 'peers', name);
  const target = join(cacheFolder, `${name}-${digestOf(project)}`);
  const mark = join(target, 'built');
  if (!existsSync(mark)) {
    mkdirSync(target, { recursive: true });
    const args = ['-q', '-B', '-f', join(project, 'pom.xml'), `-Dbench.out=${target}`];
    await promisify(execFile)('mvn', [...args, 'compile', 'dependency:copy-dependencies'], { timeout: 600_000 });
    writeFileSync(mark, '');
  }
  return `${join(target, 'classes')}:${join(target, 'libs')}/*`;
}

function digestOf(project) {
  const hash = createHash('sha256');
  for (const file of globSync('{pom.xml,src/**/*.java}', { cwd: project }).sort()) {
    hash.update(file).update(readFileSync(join(project, file)));
  }
  return hash.digest('hex').slice(0, 12);
}
