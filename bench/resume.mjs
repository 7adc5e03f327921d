// `npm run bench -- resume`: how long a task stands still when its owner dies, leaves, or gets company. See bench/README.md.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import kafkajs from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchKafka } from './lib/kafka.mjs';
import { RedisUsage } from './lib/redis-usage.mjs';
import { acquireServers } from './lib/servers.mjs';
import { settingsOf } from './lib/settings.mjs';
import { writePipeline } from './resume/pipeline.mjs';
import { Records } from './resume/records.mjs';
import { Replica } from './resume/replica.mjs';
import { RowWatch } from './resume/row-watch.mjs';

const KEYS = Number(process.env.BENCH_KEYS ?? 1_000_000);
const KILLS = Number(process.env.BENCH_KILLS ?? 5);
const WINDOW = JSON.parse(process.env.BENCH_WINDOW ?? '{"kind":"global"}');
const PER_SECOND = 1_000;
/** Long enough for what a rebalance does to be over. */
const AFTERMATH_MS = 6_000;

const log = (line) => console.error(line);
const settings = { ...settingsOf(process.env, Date.now()), partitions: 6 };
const { prefix, partitions } = settings;
const half = partitions / 2;
const names = { name: prefix, input: `${prefix}.in`, output: `${prefix}.out` };
const all = Array.from({ length: partitions }, (_, partition) => partition);
const lines = [];

mkdirSync(settings.outFolder, { recursive: true });
const servers = await acquireServers(settings, log);
const kafka = await BenchKafka.connect({ ...settings, address: servers.kafka });
const redis = new RedisUsage(servers.redis);
const folder = writePipeline({ folder: join(settings.tmpFolder, 'pipelines'), window: WINDOW, ...names });
const living = new Set();
let records;
let watch;
try {
  await prepare();
  await dying();
  await leaving();
  await gettingCompany();
  await dyingAlone();
  console.log(report());
} finally {
  await records?.stop();
  await watch?.close();
  await Promise.all([...living].map((replica) => replica.stop()));
  await redis.removeKeys(prefix).catch(({ message }) => log(`Redis was not tidied: ${message}`));
  redis.close();
  await kafka.close();
  await servers.release();
  rmSync(settings.tmpFolder, { recursive: true, force: true });
}
process.exit();

async function start() {
  const replica = await Replica.start({ settings, servers, folder, pipeline: prefix });
  living.add(replica);
  return replica;
}

async function end(replica, how) {
  living.delete(replica);
  await replica[how]();
}

/** Two replicas with the state of all keys, and a steady flow. */
async function prepare() {
  for (const topic of [names.input, names.output]) await kafka.createTopic(topic);
  const { client } = kafka;
  records = await Records.connect({ client, topic: names.input, keys: KEYS });
  log(`loading ${KEYS} keys`);
  await records.load();
  const pair = [await start(), await start()];
  await Promise.all(pair.map((replica) => replica.owns(half)));
  await Promise.all(pair.map((replica) => replica.caughtUp()));
  watch = await RowWatch.connect({ client, topic: names.output, partitions });
  records.flow(PER_SECOND);
  const beganMs = Date.now();
  await watch.firstAfter(beganMs, all);
  await sleep(AFTERMATH_MS);
  add('nothing happens', 'longest time without a row', watch.gaps(Date.now() - AFTERMATH_MS, Date.now(), all));
}

async function dying() {
  const toRow = [];
  const others = [];
  for (let i = 0; i < KILLS; i++) {
    const [victim, survivor] = living;
    const moved = await victim.owns(half);
    const diedMs = Date.now();
    await end(victim, 'kill');
    toRow.push(...(await watch.firstAfter(diedMs, moved)).map((atMs) => atMs - diedMs));
    await sleep(AFTERMATH_MS);
    const kept = all.filter((partition) => !moved.includes(partition));
    others.push(...watch.gaps(diedMs, diedMs + AFTERMATH_MS, kept));
    log(`kill ${i + 1}: ${toRow.slice(-half)}; others ${others.slice(-half)}`);
    const next = await start();
    await Promise.all([next.owns(half), survivor.owns(half)]);
    await watch.firstAfter(Date.now(), all);
    await sleep(AFTERMATH_MS / 2);
  }
  add('kill -9 of one of two', 'death to first new row', toRow);
  add('', 'longest time without a row, partitions of the other', others);
}

async function leaving() {
  const gaps = [];
  const others = [];
  for (let i = 0; i < 3; i++) {
    const [leaver, survivor] = living;
    const moved = await leaver.owns(half);
    const kept = all.filter((partition) => !moved.includes(partition));
    const beganMs = Date.now();
    await end(leaver, 'stop');
    await watch.firstAfter(Date.now(), all);
    await sleep(AFTERMATH_MS / 2);
    gaps.push(...watch.gaps(beganMs, Date.now(), moved));
    others.push(...watch.gaps(beganMs, Date.now(), kept));
    log(`stop ${i + 1}: ${gaps.slice(-half)}; others ${others.slice(-half)}`);
    const next = await start();
    await Promise.all([next.owns(half), survivor.owns(half)]);
    await watch.firstAfter(Date.now(), all);
  }
  add('SIGTERM of one of two', 'longest time without a row, moved', gaps);
  add('', 'the same, partitions of the other', others);
}

async function gettingCompany() {
  const untouched = [];
  const moved = [];
  for (let i = 0; i < 3; i++) {
    const pair = [...living];
    const before = await Promise.all(pair.map((replica) => replica.owns(half)));
    await watch.firstAfter(Date.now(), all);
    const beganMs = Date.now();
    const third = await start();
    const after = await third.owns(partitions / 3);
    await watch.firstAfter(Date.now(), all);
    await sleep(AFTERMATH_MS / 2);
    const kept = before.flat().filter((partition) => !after.includes(partition));
    untouched.push(...watch.gaps(beganMs, Date.now(), kept));
    moved.push(...watch.gaps(beganMs, Date.now(), after));
    log(`third ${i + 1}: untouched ${untouched.slice(-kept.length)}; moved ${moved.slice(-after.length)}`);
    await end(third, 'stop');
    await Promise.all(pair.map((replica) => replica.owns(half)));
  }
  add('a third joins two', 'longest time without a row, partitions that stay', untouched);
  add('', 'the same, partitions that move', moved);
}

async function dyingAlone() {
  const [survivor, other] = living;
  await end(other, 'stop');
  await survivor.owns(partitions);
  const toRow = [];
  for (let i = 0; i < KILLS; i++) {
    const [alone] = living;
    await alone.owns(partitions);
    await watch.firstAfter(Date.now(), all);
    const diedMs = Date.now();
    await end(alone, 'kill');
    const next = await start();
    toRow.push(...(await watch.firstAfter(diedMs, all)).map((atMs) => atMs - diedMs));
    log(`alone ${i + 1}: ${toRow.slice(-partitions)}`);
    await next.owns(partitions);
    await sleep(AFTERMATH_MS / 2);
  }
  add('kill -9 of the only one, started again at once', 'death to first new row', toRow);
}

function add(what, measured, figures) {
  const sorted = [...figures].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  lines.push(`| ${what} | ${measured} | ${at(0.5)} | ${sorted.at(-1)} | ${sorted.length} |`);
  log(lines.at(-1));
}

function report() {
  const head = `${KEYS} keys of state, ${partitions} partitions, ${PER_SECOND} records/s; rows at most every 100 ms; ms:`;
  return [head, '', '| what happens | measured | p50 | max | n |', '| --- | --- | --- | --- | --- |', ...lines].join(
    '\n',
  );
}
