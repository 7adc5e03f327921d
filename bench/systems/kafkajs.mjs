import { join } from 'node:path';
import { SaidProgress } from '../lib/progress.mjs';

/** (a) and (b): the client with nothing behind it, and with parsing and an aggregate in memory. */
export const kafkajs = (id, name, mode) => ({
  id,
  name,
  guarantee: 'none, no output',
  async prepare({ settings, servers, inputTopic }) {
    const program = join(settings.benchFolder, 'peers', 'kafkajs', 'client.mjs');
    const args = [servers.kafka, inputTopic, `${settings.prefix}-${id}`, String(settings.records), mode];
    return {
      spec: {
        command: process.execPath,
        args: ['--disable-warning=TimeoutNegativeWarning', program, ...args],
        cwd: settings.root,
      },
      progress: new SaidProgress(),
    };
  },
});
