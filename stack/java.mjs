import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './run.mjs';

/** The Java to run servers with: JAVA_HOME's, else the one on PATH; 17 or later, or an error that says so. */
export async function javaCommand({ signal } = {}) {
  const ofHome = process.env.JAVA_HOME && join(process.env.JAVA_HOME, 'bin', 'java');
  const command = ofHome && existsSync(ofHome) ? ofHome : 'java';
  const banner = await mustRun(command, ['-version'], { timeoutMs: 30_000, signal }).catch(() => '');
  const version = Number(/version "(\d+)/.exec(banner)?.[1] ?? 0);
  if (version >= 17) return command;
  throw new Error(`Java 17 is needed (found ${version || 'none'}); install 'openjdk-17-jre-headless' or set JAVA_HOME`);
}
