import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jarsOf } from '../jars.mjs';
import { javaCommand } from '../java.mjs';
import { cassandraAnswers } from '../probes.mjs';
import { fill } from '../template.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

// One node has no peers to wait for: no gossip round, no ring delay, no jemalloc lookup.
const QUICK_START = [
  '-Dcassandra.superuser_setup_delay_ms=0',
  '-Dcassandra.ring_delay_ms=1',
  '-Dcassandra.skip_wait_for_gossip_to_settle=0',
  '-Dcassandra.libjemalloc=-',
];

/** Cassandra 5.0, one node in datacenter1, without authentication. */
export const cassandra = {
  name: 'cassandra',
  readyMs: 120_000,
  portsOf: ({ cassandra, storage, jmx }) => [cassandra, storage, jmx],
  addressOf: ({ cassandra }) => `127.0.0.1:${cassandra}`,
  answers: ({ cassandra }) => cassandraAnswers(cassandra),

  async prepare(context) {
    const [java, jars] = [await javaCommand(context), await jarsOf('cassandra', here('pom.xml'), context)];
    return { java, classpath: join(jars, '*') };
  },

  async command({ java, classpath }, { place, ports }) {
    const dataFolder = join(place.folder, 'data');
    const config = join(place.folder, 'cassandra.yaml');
    fill(here('cassandra.yaml'), config, { port: ports.cassandra, storagePort: ports.storage, dataFolder });
    const flags = [
      ...['-Xms768m', '-Xmx1g', '-cp', classpath],
      `-Dcassandra.config=file://${config}`,
      `-Dcassandra.storagedir=${dataFolder}`,
      `-Dcassandra.jmx.local.port=${ports.jmx}`,
      `-Dlogback.configurationFile=file://${here('logback.xml')}`,
      '-Dcassandra-foreground=yes',
      ...QUICK_START,
      ...flagsOfJava(),
    ];
    return { command: java, args: [...flags, 'org.apache.cassandra.service.CassandraDaemon'] };
  },
};

/** What Cassandra's classes need of Java 17, in the server and in its tools. */
export function flagsOfJava() {
  const lines = readFileSync(here('jvm.options'), 'utf8').split('\n');
  return lines.filter((line) => line.startsWith('-'));
}
