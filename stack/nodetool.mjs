import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { flagsOfJava } from './cassandra/cassandra.mjs';
import { jarsOf } from './jars.mjs';
import { javaCommand } from './java.mjs';
import { profileOf } from './profiles.mjs';
import { mustRun } from './run.mjs';

const POM = fileURLToPath(new URL('./cassandra/pom.xml', import.meta.url));

/** What Cassandra's own `nodetool` prints for a profile's server on this machine, such as of `flush` and `tablestats`. */
export async function nodetool(profileName, args, { log = () => {}, signal } = {}) {
  const { jmx } = profileOf(profileName).ports;
  const jars = await jarsOf('cassandra', POM, { log, signal });
  const flags = ['-Xmx128m', ...flagsOfJava(), '-cp', join(jars, '*')];
  const tool = ['org.apache.cassandra.tools.NodeTool', '-h', '127.0.0.1', '-p', String(jmx)];
  return mustRun(await javaCommand({ signal }), [...flags, ...tool, ...args], { timeoutMs: 120_000, signal });
}
