import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { MetricsProgress } from '../lib/progress.mjs';
import { millraceRow } from '../lib/row-formats.mjs';

/** (c): the service as it is deployed, with one pipeline whose name belongs to the run alone. */
export const millrace = (id, name) => ({
  id,
  name,
  guarantee: 'at least once on the topic, final rows',
  hasOutput: true,
  usesRedis: true,
  finalOnly: true,
  rowOf: millraceRow,
  async build({ root }) {
    if (!existsSync(join(root, 'dist', 'cli.js')))
      throw new Error('dist/cli.js is not there: run `npm run build` first');
  },
  async prepare({ settings, servers, inputTopic, outputTopic }) {
    const pipeline = `${settings.prefix}-${id}`;
    const httpPort = await freePort();
    const env = {
      NODE_ENV: 'production',
      MILLRACE_MODE: 'external',
      MILLRACE_ROLES: 'process',
      MILLRACE_PIPELINES: writePipeline({ settings, pipeline, inputTopic, outputTopic }),
      MILLRACE_KAFKA_BROKERS: servers.kafka,
      MILLRACE_REDIS_URL: servers.redis,
      MILLRACE_HTTP_PORT: String(httpPort),
    };
    const args = ['--disable-warning=TimeoutNegativeWarning', join(settings.root, 'dist', 'cli.js'), 'start'];
    const url = `http://127.0.0.1:${httpPort}/metrics`;
    return {
      spec: { command: process.execPath, args, env, cwd: settings.root },
      progress: new MetricsProgress({ url, pipeline, records: settings.records }),
    };
  },
});

function writePipeline({ settings, pipeline, inputTopic, outputTopic }) {
  const template = readFileSync(join(settings.benchFolder, 'peers', 'millrace', 'pipeline.yaml'), 'utf8');
  const folder = join(settings.tmpFolder, 'pipelines');
  mkdirSync(folder, { recursive: true });
  const names = { __NAME__: pipeline, __SOURCE__: inputTopic, __SINK__: outputTopic };
  writeFileSync(
    join(folder, 'bench.yaml'),
    template.replace(/__[A-Z]+__/g, (name) => names[name]),
  );
  return folder;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
