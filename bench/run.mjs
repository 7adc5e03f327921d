// `npm run bench`: see bench/README.md.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { killChildren } from './lib/child.mjs';
import { BenchKafka } from './lib/kafka.mjs';
import { oracleOf } from './lib/oracle.mjs';
import { pidListeningOn } from './lib/proc.mjs';
import { RedisUsage } from './lib/redis-usage.mjs';
import { reportOf } from './lib/report.mjs';
import { runSystem } from './lib/run-system.mjs';
import { acquireServers } from './lib/servers.mjs';
import { settingsOf } from './lib/settings.mjs';
import { targetsOf } from './lib/targets.mjs';
import { systems } from './systems/index.mjs';

// The first signal ends the run in order: what it made is removed. A second one ends it at once.
let interrupted = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    interrupted = true;
    killChildren();
  });
}

if (['windows', 'resume', 'large-state', 'live', 'extensions'].includes(process.argv[2])) {
  await import(`./${process.argv[2]}.mjs`);
  process.exit();
}

const started = new Date();
const settings = settingsOf(process.env, started.getTime());
const log = (line) => console.error(line);
const chosen = systems.filter(({ id }) => !settings.only || settings.only.includes(id));

mkdirSync(settings.outFolder, { recursive: true });
mkdirSync(settings.tmpFolder, { recursive: true });
const servers = await acquireServers(settings, log);
try {
  const results = await runAll();
  const targets = targetsOf(results);
  const oracleFigures = { rows: results.oracle.rows.size, records: results.oracle.records };
  const file = join(settings.outFolder, `${started.toISOString().replaceAll(':', '-')}.json`);
  writeFileSync(
    file,
    JSON.stringify({ started, records: settings.records, oracle: oracleFigures, results, targets }, null, 2),
  );
  const date = started.toISOString().slice(0, 10);
  console.log(reportOf({ results, targets, settings, date, oracle: results.oracle }));
  process.exitCode = results.every(({ error, check }) => !error && !check?.problems.length) ? 0 : 1;
} finally {
  await servers.release();
  rmSync(settings.tmpFolder, { recursive: true, force: true });
}

async function runAll() {
  const kafka = await BenchKafka.connect({ ...settings, address: servers.kafka });
  const redis = new RedisUsage(servers.redis);
  try {
    for (const system of chosen)
      await system.build?.(settings).catch(({ message }) => log(`(${system.id}) ${message}`));
    const inputTopic = `${settings.prefix}.readings`;
    log(`loading ${settings.records} readings`);
    await kafka.createTopic(inputTopic);
    await kafka.load(inputTopic, settings.records);
    const oracle = oracleOf(settings.records, (location) => kafka.partitionOf(location));
    const brokerPid = pidListeningOn(Number(servers.kafka.split(':').at(-1)));
    const results = [];
    for (const system of chosen) {
      if (interrupted) throw new Error('interrupted');
      log(`(${system.id}) ${system.name}`);
      results.push(await runSystem(system, { settings, servers, kafka, redis, inputTopic, oracle, brokerPid }));
    }
    return Object.assign(results, { oracle });
  } finally {
    await redis.removeKeys(settings.prefix).catch(({ message }) => log(`Redis was not tidied: ${message}`));
    redis.close();
    await kafka.close();
  }
}
