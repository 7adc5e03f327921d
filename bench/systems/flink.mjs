import { join } from 'node:path';
import { javaPeer } from '../lib/java-peer.mjs';
import { SaidProgress } from '../lib/progress.mjs';
import { peerRow } from '../lib/row-formats.mjs';

const OPENED = 'util lang net io nio text time util.concurrent util.concurrent.atomic util.concurrent.locks'.split(' ');

/** What Flink's own start script gives to Java 17. */
const OPENS = OPENED.map((name) => `--add-opens=java.base/java.${name}=ALL-UNNAMED`);

/** (e): Flink in one process, heap state, checkpoint every second. */
export const flink = (id, name) => ({
  id,
  name,
  guarantee: 'exactly once, final rows',
  hasOutput: true,
  finalOnly: true,
  rowOf: peerRow,
  build: (settings) => javaPeer('flink', settings),
  async prepare({ settings, servers, inputTopic, outputTopic }) {
    const classPath = await javaPeer('flink', settings);
    const names = [servers.kafka, inputTopic, outputTopic, `${settings.prefix}-${id}`, join(settings.tmpFolder, id)];
    const jvm = ['-Xmx2g', ...OPENS, '-Dorg.slf4j.simpleLogger.defaultLogLevel=error', '-cp', classPath];
    return {
      spec: { command: 'java', args: [...jvm, 'millrace.bench.FlinkPeer', ...names, String(settings.records)] },
      progress: new SaidProgress(),
    };
  },
});
