import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Clock, clocksWork } from './clock.mjs';
import { possibleKinds } from './faults.mjs';
import { judge } from './judge.mjs';
import { ChaosKafka } from './kafka.mjs';
import { Namespace, namespacesWork, SharedNetwork } from './namespace.mjs';
import { committersOf, isShuffled, pipelinesOf, shuffleOf, writePipelines } from './pipeline.mjs';
import { Probe } from './probe.mjs';
import { ChaosProducer } from './producer.mjs';
import { Progress } from './progress.mjs';
import { PARTITIONS, Records } from './records.mjs';
import { Replica } from './replica.mjs';
import { schedule, Striker } from './schedule.mjs';
import { ChaosTables } from './tables.mjs';

const READY_MS = 120_000;

/**
 * One run: service under load and faults, then the comparison of all that it left with the oracle. Resolves with the
 * figures, whatever they are; rejects when the run itself could not be made. What it made on the servers is removed.
 */
export async function runChaos(servers, settings, log) {
  const name = `chaos-${settings.seed}-${Date.now().toString(36)}`;
  const folder = join(settings.folder, name);
  mkdirSync(folder, { recursive: true });
  const pipelines = pipelinesOf(name);
  const names = { name, source: `${name}.in`, keyspace: name.replaceAll('-', '_') };
  writePipelines(join(folder, 'pipelines'), pipelines, names);
  const run = {
    ...{ servers, settings, log, names, folder, pipelines },
    ...{ namespaces: namespacesWork(), clocks: clocksWork() },
    kafka: new ChaosKafka(servers.addresses.kafka, name),
    tables: new ChaosTables(servers.addresses.cassandra, names.keyspace),
    progress: new Progress(servers.addresses.redis, committersOf(pipelines)),
    replicas: [],
  };
  try {
    const outputs = pipelines.flatMap(({ output, exact = [] }) => [output].concat(exact));
    await run.kafka.createTopics([names.source, ...outputs]);
    await run.tables.create(pipelines.map(({ table }) => table));
    await openReplicas(run);
    return await underFaults(run);
  } finally {
    await close(run);
  }
}

async function openReplicas({ servers, settings, folder, replicas, namespaces, clocks }) {
  for (let i = 0; i < settings.replicas; i++) {
    const name = `replica-${i + 1}`;
    const network = namespaces
      ? await Namespace.open(join(folder, name), servers.ports)
      : new SharedNetwork(await freePort());
    const env = {
      MILLRACE_MODE: 'external',
      MILLRACE_PIPELINES: join(folder, 'pipelines'),
      // It has no feeds: those of the project would ask the real services.
      MILLRACE_FEEDS: join(folder, 'pipelines'),
      MILLRACE_HTTP_HOST: '127.0.0.1',
      MILLRACE_KAFKA_BROKERS: servers.addresses.kafka,
      MILLRACE_REDIS_URL: servers.addresses.redis,
      MILLRACE_CASSANDRA_CONTACT_POINTS: servers.addresses.cassandra,
    };
    const clock = clocks ? new Clock(folder, name) : undefined;
    replicas.push(new Replica({ name, network, clock, env, dist: settings.dist, folder }));
  }
}

async function underFaults(run) {
  const { settings, kafka, names, replicas, progress, log } = run;
  const producer = new ChaosProducer(kafka, new Records(settings), { topic: names.source, rate: settings.rate });
  for (const replica of replicas) replica.start();
  producer.start();
  if ((await within(progress.moved(), READY_MS)) === undefined) {
    throw new Error(`the pipelines did not start within ${READY_MS / 1000} s; see ${run.folder}`);
  }
  const probe = new Probe({ ...run, producer });
  const begin = Date.now();
  const struck = await strikeAll(run, begin);
  await producer.stop();
  const caughtUp = await catchUp(run);
  await probe.stop();
  // One that a late fault has just brought back must be up before it can stop in order.
  await Promise.all(replicas.map((replica) => within(replica.ready(), READY_MS)));
  const exits = await Promise.all(replicas.map((replica) => replica.stop()));
  log('comparing');
  const result = await judge(run);
  return {
    ...{ seed: settings.seed, seconds: Math.round((Date.now() - begin) / 1000) },
    ...{ namespaces: run.namespaces, clocks: run.clocks },
    faults: struck.map(({ kind, detail, at, recoveryMs }) => ({ kind, detail, at, recoveryMs })),
    ...{ produced: producer.sent + PARTITIONS, producerFailures: producer.failures, caughtUp, exits },
    endedByThemselves: replicas.reduce((sum, { endedByItself }) => sum + endedByItself, 0),
    ...{ ...result, looks: probe.looks },
    ...{ regressions: result.regressions + probe.regressions, examples: [...result.examples, ...probe.examples] },
  };
}

/** All faults of the run, and the recovery from each. */
async function strikeAll({ settings, replicas, servers, progress, namespaces, clocks, log }, begin) {
  const possible = possibleKinds({ namespaces, clocks });
  const kinds = possible.filter((kind) => settings.kinds?.includes(kind) ?? true);
  if (kinds.length === 0)
    throw new Error(`no fault of ${settings.kinds.join(', ')} is possible here: ${possible.join(', ')}`);
  const striker = new Striker({ replicas, servers, progress, log });
  await striker.run(schedule({ ...settings, kinds }), {
    endMs: begin + settings.minutes * 60_000,
    most: settings.faults,
  });
  await within(Promise.all(striker.struck.map(({ recovery }) => recovery)), settings.recoveryMs);
  return striker.struck;
}

/** Whether every task has committed to its end in time, those of shuffles first. */
async function catchUp({ kafka, names, pipelines, progress, settings }) {
  const deadline = Date.now() + settings.catchUpMs;
  const reaches = (name, topic) => reachesEnd({ kafka, progress, name, topic, deadline });
  for (const pipeline of pipelines) {
    if (!isShuffled(pipeline)) {
      if (!(await reaches(pipeline.name, names.source))) return false;
      continue;
    }
    if (!(await reaches(shuffleOf(pipeline), names.source))) return false;
    const topic = `${pipeline.name}.${await progress.generationOf(pipeline.name)}.repartition`;
    if (!(await reaches(pipeline.name, topic))) return false;
  }
  return true;
}

async function reachesEnd({ kafka, progress, name, topic, deadline }) {
  while (Date.now() < deadline) {
    if (progress.hasReached(name, await kafka.ends(topic))) return true;
    await sleep(500);
  }
  return false;
}

async function close({ replicas, kafka, tables, progress, servers, names, log }) {
  for (const server of Object.keys(servers.ports)) await servers.resume(server);
  await Promise.all(replicas.map(async (replica) => replica.wanted && replica.kill()));
  for (const { network } of replicas) network.close();
  for (const tidy of [() => kafka.clear(), () => progress.clear(names.name), () => tables.drop()]) {
    await tidy().catch(({ message }) => log(`not tidied: ${message}`));
  }
  progress.stop();
  await tables.close();
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
