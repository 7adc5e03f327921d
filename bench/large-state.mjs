// `npm run bench -- large-state`: a million keys in a cache of 64 MB, every row compared. See bench/README.md.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BenchKafka } from './lib/kafka.mjs';
import { RedisUsage } from './lib/redis-usage.mjs';
import { acquireServers } from './lib/servers.mjs';
import { settingsOf } from './lib/settings.mjs';
import { writePipeline } from './resume/pipeline.mjs';
import { keyOf, Records } from './resume/records.mjs';
import { Replica } from './resume/replica.mjs';

const KEYS = Number(process.env.BENCH_KEYS ?? 1_000_000);
const CACHE = process.env.BENCH_CACHE ?? '64MiB';
/** Each key comes this often. */
const ROUNDS = 2;
/** The output is read to its end when nothing has come for so long. */
const SILENCE_MS = 3_000;

const log = (line) => console.error(line);
const settings = { ...settingsOf(process.env, Date.now()), partitions: 4 };
const { prefix } = settings;
const names = { name: prefix, input: `${prefix}.in`, output: `${prefix}.out` };

mkdirSync(settings.outFolder, { recursive: true });
const servers = await acquireServers(settings, log);
const kafka = await BenchKafka.connect({ ...settings, address: servers.kafka });
const redis = new RedisUsage(servers.redis);
const folder = writePipeline({ folder: join(settings.tmpFolder, 'pipelines'), window: { kind: 'global' }, ...names });
let replica;
let records;
try {
  for (const topic of [names.input, names.output]) await kafka.createTopic(topic);
  records = await Records.connect({ client: kafka.client, topic: names.input, keys: KEYS });
  log(`loading ${KEYS} keys ${ROUNDS} times`);
  await records.load(ROUNDS);
  replica = await Replica.start({
    ...{ settings, servers, folder, pipeline: prefix },
    env: { MILLRACE_STATE_CACHE_BYTES: CACHE },
  });
  await replica.owns(settings.partitions);
  const beganMs = Date.now();
  const stateBytes = await mostStateBytes();
  const seconds = (Date.now() - beganMs) / 1000;
  const { rows, wrong } = await compare();
  const perSecond = Math.round((KEYS * ROUNDS) / seconds / 1000);
  console.log(`${KEYS} keys, ${KEYS * ROUNDS} records, cache ${CACHE}: ${perSecond} k records/s, cached at most`);
  console.log(`${megabytes(stateBytes)} MB, peak of the process ${Math.round(replica.peakMegabytes)} MB;`);
  console.log(`${rows} rows read, ${wrong} keys with a wrong newest row.`);
  process.exitCode = wrong === 0 ? 0 : 1;
} finally {
  await records?.stop();
  await replica?.stop();
  await redis.removeKeys(prefix).catch(({ message }) => log(`Redis was not tidied: ${message}`));
  redis.close();
  await kafka.close();
  await servers.release();
  rmSync(settings.tmpFolder, { recursive: true, force: true });
}
process.exit();

/** The most that was cached until every record was taken. */
async function mostStateBytes() {
  let most = 0;
  await replica.until(
    'every record is taken',
    ({ tasks, totals }) => {
      most = Math.max(
        most,
        tasks.reduce((sum, task) => sum + (task.stateBytes ?? 0), 0),
      );
      return totals.accepted === KEYS * ROUNDS;
    },
    600_000,
  );
  return most;
}

/** The newest row of each key: the one with the most records in it. */
async function compare() {
  const counts = new Map();
  const totals = new Map();
  let rows = 0;
  let lastMs = Date.now();
  const consumer = kafka.client.consumer({ groupId: `${prefix}-check`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic: names.output, fromBeginning: true });
  const eachBatch = async ({ batch }) => {
    lastMs = Date.now();
    for (const { value } of batch.messages) {
      const row = JSON.parse(value);
      rows += 1;
      if (row.values.n < (counts.get(row.key.k) ?? 0)) continue;
      counts.set(row.key.k, row.values.n);
      totals.set(row.key.k, row.values.total);
    }
  };
  await consumer.run({ autoCommit: false, eachBatch });
  while (Date.now() - lastMs < SILENCE_MS || rows === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  await consumer.disconnect();
  const wrong = Array.from({ length: KEYS }, (_, i) => i).filter(
    (i) => counts.get(keyOf(i)) !== ROUNDS || totals.get(keyOf(i)) !== ROUNDS * (i % 1000),
  );
  return { rows, wrong: wrong.length };
}

function megabytes(bytes) {
  return Math.round(bytes / 2 ** 20);
}
