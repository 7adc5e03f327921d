import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jarsOf } from '../jars.mjs';
import { javaCommand } from '../java.mjs';

const POM = fileURLToPath(new URL('pom.xml', import.meta.url));
const ANSWER_MS = 2_000;

// Little heap and no optimising compiler: it is asked for a schema now and then.
const SMALL = ['-Xms64m', '-Xmx192m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

const apiOf = ({ registry }) => `http://127.0.0.1:${registry}/apis/ccompat/v7`;

/** Apicurio Registry 3.0 with Confluent's API; its schemas are in a file. */
export const schemaRegistry = {
  name: 'schema-registry',
  readyMs: 120_000,
  portsOf: ({ registry }) => [registry],
  addressOf: apiOf,
  answers: async (ports) => (await ask(`${apiOf(ports)}/subjects`)).ok,

  async prepare(context) {
    const [java, jars] = [
      await javaCommand(context),
      await jarsOf('schema-registry', POM, context, 'dependency:unpack'),
    ];
    return { java, classpath: `${join(jars, '*')}:${join(jars, 'lib', '*')}` };
  },

  command({ java, classpath }, { place, ports }) {
    mkdirSync(place.folder, { recursive: true });
    const settings = [
      '-Dquarkus.http.host=127.0.0.1',
      `-Dquarkus.http.port=${ports.registry}`,
      '-Dquarkus.http.access-log.enabled=false',
      `-Dapicurio.datasource.url=jdbc:h2:file:${join(place.folder, 'registry')}`,
    ];
    return { command: java, args: [...SMALL, ...settings, '-cp', classpath, 'io.quarkus.runner.GeneratedMain'] };
  },

  /** As Confluent's registry by default: a new schema has to read what the one before wrote. */
  async setUp(ports) {
    const body = JSON.stringify({ compatibility: 'BACKWARD' });
    const headers = { 'content-type': 'application/json' };
    const answer = await ask(`${apiOf(ports)}/config`, { method: 'PUT', headers, body });
    if (!answer.ok) throw new Error(`schema-registry: its compatibility cannot be set: ${answer.status}`);
  },
};

function ask(url, request = {}) {
  return fetch(url, { ...request, signal: AbortSignal.timeout(ANSWER_MS) });
}
