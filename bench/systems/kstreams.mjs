import { join } from 'node:path';
import { javaPeer } from '../lib/java-peer.mjs';
import { SaidProgress } from '../lib/progress.mjs';
import { peerRow } from '../lib/row-formats.mjs';

/** (d): Kafka Streams, with the final rows alone, or with every update as it does by itself. */
export const kstreams = (id, name, emit) => ({
  id,
  name,
  guarantee: `exactly once, ${emit === 'final' ? 'final rows' : 'updates'}`,
  hasOutput: true,
  finalOnly: emit === 'final',
  rowOf: peerRow,
  build: (settings) => javaPeer('kstreams', settings),
  async prepare({ settings, servers, inputTopic, outputTopic }) {
    const classPath = await javaPeer('kstreams', settings);
    const state = join(settings.tmpFolder, id);
    const names = [servers.kafka, inputTopic, outputTopic, `${settings.prefix}-${id}`, state];
    const jvm = ['-Xmx2g', '-Dorg.slf4j.simpleLogger.defaultLogLevel=error', '-cp', classPath];
    return {
      spec: {
        command: 'java',
        args: [...jvm, 'millrace.bench.KStreamsPeer', ...names, String(settings.records), emit],
      },
      progress: new SaidProgress(),
    };
  },
});
