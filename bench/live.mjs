// `npm run bench -- live`: many clients of one live feed on one process. See bench/README.md.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchKafka } from './lib/kafka.mjs';
import { cpuSecondsOf } from './lib/proc.mjs';
import { RedisUsage } from './lib/redis-usage.mjs';
import { acquireServers } from './lib/servers.mjs';
import { settingsOf } from './lib/settings.mjs';
import { LiveClients } from './live/clients.mjs';
import { Records } from './resume/records.mjs';
import { Replica } from './resume/replica.mjs';

const CLIENTS = Number(process.env.BENCH_CLIENTS ?? 2_000);
const KEYS = Number(process.env.BENCH_KEYS ?? 50);
const PER_SECOND = 100;
const MEASURED_MS = Number(process.env.BENCH_SECONDS ?? 15) * 1000;

const log = (line) => console.error(line);
const settings = settingsOf(process.env, Date.now());
const { prefix, partitions } = settings;
const input = `${prefix}.in`;

mkdirSync(settings.outFolder, { recursive: true });
const servers = await acquireServers(settings, log);
const kafka = await BenchKafka.connect({ ...settings, address: servers.kafka });
const redis = new RedisUsage(servers.redis);
const clients = new LiveClients();
let replica;
let records;
try {
  await prepare();
  console.log(await measure());
} finally {
  clients.close();
  await records?.stop();
  await replica?.stop();
  await redis.removeKeys(prefix).catch(({ message }) => log(`Redis was not tidied: ${message}`));
  redis.close();
  await kafka.close();
  await servers.release();
  rmSync(settings.tmpFolder, { recursive: true, force: true });
}
process.exit();

async function prepare() {
  await kafka.createTopic(input);
  const before = await redis.connections();
  replica = await Replica.start({ settings, servers, folder: writePipeline(), pipeline: prefix });
  await replica.owns(partitions);
  records = await Records.connect({ client: kafka.client, topic: input, keys: KEYS });
  await records.load();
  await replica.caughtUp();
  log(`${(await redis.connections()) - before} connections to Redis without clients`);
}

/** One row for each key; a change goes out at most so often. */
function writePipeline() {
  const folder = join(settings.tmpFolder, 'pipelines');
  mkdirSync(folder, { recursive: true });
  const definition = {
    apiVersion: 'millrace/v1',
    kind: 'Pipeline',
    metadata: { name: prefix },
    spec: {
      source: { topic: input, format: 'json' },
      ...{ key: ['k'], repartition: 'never', window: { kind: 'global' } },
      aggregate: { n: 'count()', newest: 'max(sent)' },
      emit: { on: 'update', every: '100ms' },
      sinks: [{ live: {} }],
    },
  };
  writeFileSync(join(folder, 'live.json'), JSON.stringify(definition));
  return folder;
}

async function measure() {
  const url = `${replica.url}/live`;
  const connections = await redis.connections();
  log(`opening ${CLIENTS} clients`);
  const openedMs = await clients.open(url, CLIENTS);
  const added = (await redis.connections()) - connections;
  records.flow(PER_SECOND);
  await sleep(3_000);
  const figures = await flow();
  const ids = clients.lastIds;
  clients.close();
  await sleep(500);
  const resumedMs = await clients.open(url, CLIENTS, ids);
  return [
    '| clients | opened with a snapshot | resumed | rows/s to clients | age of a row, p50 / p99 | CPU of the service | memory, peak | connections to Redis |',
    '|---|---|---|---|---|---|---|---|',
    `| ${CLIENTS} | ${seconds(openedMs)} | ${seconds(resumedMs)} | ${figures.rows} | ${figures.p50} / ${figures.p99} ms | ${figures.cpu} cores | ${Math.round(replica.peakMegabytes)} MB | +${added} |`,
  ].join('\n');
}

async function flow() {
  const { pid } = replica.child;
  const [cpu, rows, beganMs] = [cpuSecondsOf(pid), clients.rows, Date.now()];
  clients.isMeasuring = true;
  await sleep(MEASURED_MS);
  clients.isMeasuring = false;
  const spentS = (Date.now() - beganMs) / 1000;
  const ages = Float64Array.from(clients.ages).sort();
  const at = (share) => Math.round(ages[Math.floor((ages.length - 1) * share)]);
  return {
    rows: Math.round((clients.rows - rows) / spentS),
    ...{ p50: at(0.5), p99: at(0.99) },
    cpu: ((cpuSecondsOf(pid) - cpu) / spentS).toFixed(2),
  };
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}
