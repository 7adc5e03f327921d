import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jarsOf } from '../jars.mjs';
import { javaCommand } from '../java.mjs';
import { mustRun } from '../run.mjs';
import { fill } from '../template.mjs';
import { kafkaAnswers } from './kafka-probe.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
// Any fixed id: a KRaft cluster of one node that nobody else joins.
const CLUSTER_ID = 'bWlsbHJhY2Utc3RhY2stMQ';
const LOG_FLAGS = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-Dorg.slf4j.simpleLogger.showDateTime=true'];

/** Kafka 4.1 in KRaft mode, broker and controller in one process. */
export const kafka = {
  name: 'kafka',
  readyMs: 90_000,
  portsOf: ({ kafka, controller }) => [kafka, controller],
  addressOf: ({ kafka }) => `127.0.0.1:${kafka}`,
  answers: ({ kafka }) => kafkaAnswers(kafka),

  async prepare(context) {
    const [java, jars] = [await javaCommand(context), await jarsOf('kafka', here('pom.xml'), context)];
    return { java, classpath: join(jars, '*') };
  },

  /** Formats the data folder on the first start. */
  async command({ java, classpath }, { place, ports }) {
    const dataFolder = join(place.folder, 'data');
    const config = join(place.folder, 'kraft.properties');
    fill(here('kraft.properties'), config, { port: ports.kafka, controllerPort: ports.controller, dataFolder });
    if (!existsSync(join(dataFolder, 'meta.properties'))) await format({ java, classpath, config, dataFolder });
    const flags = ['-Xms256m', '-Xmx768m', ...LOG_FLAGS, '-cp', classpath];
    return { command: java, args: [...flags, 'kafka.Kafka', config] };
  },
};

async function format({ java, classpath, config, dataFolder }) {
  rmSync(dataFolder, { recursive: true, force: true });
  const tool = ['-XX:TieredStopAtLevel=1', ...LOG_FLAGS, '-cp', classpath, 'kafka.tools.StorageTool'];
  await mustRun(java, [...tool, 'format', '-t', CLUSTER_ID, '-c', config], { timeoutMs: 60_000 });
}
