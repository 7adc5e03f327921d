import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compare, OutputRows } from './compare.mjs';
import { possibleKinds } from './faults.mjs';
import { ChaosKafka } from './kafka.mjs';
import { Namespace, namespacesWork, SharedNetwork } from './namespace.mjs';
import { Oracle, rowId } from './oracle.mjs';
import { writePipeline } from './pipeline.mjs';
import { Probe } from './probe.mjs';
import { ChaosProducer } from './producer.mjs';
import { Progress } from './progress.mjs';
import { PARTITIONS } from './records.mjs';
import { Replica } from './replica.mjs';
import { schedule, Striker } from './schedule.mjs';
import { ChaosTable } from './table.mjs';

const READY_MS = 60_000;
const CATCH_UP_MS = 180_000;

/**
 * One run: service under load and faults, then the comparison of all that it left with the oracle. Resolves with the
 * figures, whatever they are; rejects when the run itself could not be made. What it made on the servers is removed.
 */
export async function runChaos(servers, settings, log) {
  const name = `chaos-${settings.seed}-${Date.now().toString(36)}`;
  const folder = join(settings.folder, name);
  mkdirSync(folder, { recursive: true });
  const names = { name, source: `${name}.in`, output: `${name}.out`, keyspace: name.replaceAll('-', '_') };
  const { shuffled } = settings;
  writePipeline(join(folder, 'pipelines'), { ...names, shuffled });
  const run = {
    ...{ servers, settings, log, names, folder },
    kafka: new ChaosKafka(servers.addresses.kafka, name),
    table: new ChaosTable(servers.addresses.cassandra, names.keyspace),
    progress: new Progress(servers.addresses.redis, name),
    shuffle: shuffled && new Progress(servers.addresses.redis, `${name}.shuffle`),
    replicas: [],
  };
  try {
    await run.kafka.createTopics([names.source, names.output]);
    await run.table.create();
    await openReplicas(run);
    return await underFaults(run);
  } finally {
    await close(run);
  }
}

async function openReplicas(run) {
  const { servers, settings, folder, replicas } = run;
  run.namespaces = namespacesWork();
  for (let i = 0; i < settings.replicas; i++) {
    const name = `replica-${i + 1}`;
    const network = run.namespaces
      ? await Namespace.open(join(folder, name), servers.ports)
      : new SharedNetwork(await freePort());
    const env = {
      MILLRACE_MODE: 'external',
      MILLRACE_PIPELINES: join(folder, 'pipelines'),
      MILLRACE_HTTP_HOST: '127.0.0.1',
      MILLRACE_KAFKA_BROKERS: servers.addresses.kafka,
      MILLRACE_REDIS_URL: servers.addresses.redis,
      MILLRACE_CASSANDRA_CONTACT_POINTS: servers.addresses.cassandra,
    };
    replicas.push(new Replica({ name, network, env, dist: settings.dist, folder }));
  }
}

async function underFaults(run) {
  const { settings, kafka, names, table, progress, replicas, servers, log } = run;
  const producer = new ChaosProducer(kafka, { topic: names.source, ...settings });
  for (const replica of replicas) replica.start();
  producer.start();
  if ((await within(progress.moved(), READY_MS)) === undefined) {
    throw new Error(`the pipeline did not start within ${READY_MS / 1000} s; see ${run.folder}`);
  }
  const kinds = possibleKinds(run).filter((kind) => settings.kinds?.includes(kind) ?? true);
  const probe = new Probe({ table, replicas, producer, pipeline: names.name, keys: settings.keys });
  const striker = new Striker({ replicas, servers, progress, log });
  const begin = Date.now();
  await striker.run(schedule({ ...settings, kinds }), {
    endMs: begin + settings.minutes * 60_000,
    most: settings.faults,
  });
  await Promise.all(striker.struck.map(({ recovery }) => within(recovery, READY_MS)));
  await producer.stop();
  const caughtUp = await catchUp(run);
  await probe.stop();
  // One that a late fault has just brought back must be up before it can stop in order.
  await Promise.all(replicas.map((replica) => within(replica.ready(), READY_MS)));
  const exits = await Promise.all(replicas.map((replica) => replica.stop()));
  log('comparing');
  const result = await judge(run);
  return {
    ...{ seed: settings.seed, seconds: Math.round((Date.now() - begin) / 1000), namespaces: run.namespaces },
    faults: striker.struck.map(({ kind, detail, at, recoveryMs }) => ({ kind, detail, at, recoveryMs })),
    ...{ produced: producer.sent + PARTITIONS, producerFailures: producer.failures, caughtUp, exits },
    endedByThemselves: replicas.reduce((sum, { endedByItself }) => sum + endedByItself, 0),
    ...result,
    ...{ regressions: probe.regressions, looks: probe.looks, examples: [...result.examples, ...probe.examples] },
  };
}

/** Whether every partition is committed to its end in time, that of the shuffle first. */
async function catchUp({ kafka, names, progress, shuffle }) {
  const deadline = Date.now() + CATCH_UP_MS;
  if (!shuffle) return reachesEnd(kafka, names.source, progress, deadline);
  if (!(await reachesEnd(kafka, names.source, shuffle, deadline))) return false;
  return reachesEnd(kafka, `${names.name}.${await progress.generation()}.repartition`, progress, deadline);
}

async function reachesEnd(kafka, topic, progress, deadline) {
  while (Date.now() < deadline) {
    const ends = await kafka.ends(topic);
    if (progress.offsets.every((offset, partition) => offset >= ends.get(partition))) return true;
    await sleep(500);
  }
  return false;
}

async function judge({ kafka, names, progress, table, settings }) {
  const oracle = new Oracle();
  const seen = new Uint8Array(settings.mostRecords);
  await kafka.readAll(names.source, (partition, offset, { value }) => {
    const record = JSON.parse(value.toString());
    if (record.id >= 0) seen[record.id]++;
    oracle.take(partition, offset, record);
  });
  const output = new OutputRows();
  await kafka.readAll(names.output, (_partition, _offset, { value }) => {
    const { key, window, values, revision, final } = JSON.parse(value.toString());
    output.take(rowId(key.k, Date.parse(window.start)), { ...values, revision: BigInt(revision), final });
  });
  const generation = await progress.generation();
  const rows = await table.readAll();
  const input = { doubled: seen.reduce((sum, times) => sum + Math.max(0, times - 1), 0), late: oracle.late };
  const last = seen.findLastIndex((times) => times > 0);
  input.missing = seen.subarray(0, last + 1).reduce((sum, times) => sum + (times === 0 ? 1 : 0), 0);
  return {
    ...{ input, rows: oracle.rows.size, messages: output.messages },
    ...compare({ oracle, generation, table: rows, output, shuffled: settings.shuffled }),
  };
}

async function close({ replicas, kafka, table, progress, shuffle, servers, log }) {
  for (const server of Object.keys(servers.ports)) await servers.resume(server);
  await Promise.all(replicas.map(async (replica) => replica.wanted && replica.kill()));
  for (const { network } of replicas) network.close();
  for (const tidy of [() => kafka.clear(), () => progress.clear(), () => table.drop()]) {
    await tidy().catch(({ message }) => log(`not tidied: ${message}`));
  }
  progress.stop();
  if (shuffle) shuffle.stop();
  await table.close();
}

function within(promise, ms) {
  return Promise.race([promise, sleep(ms, undefined, { ref: false })]);
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
