import kafkajs from 'kafkajs';
import { readFileSync } from 'node:fs';
import { docker } from '../e2e/docker.mjs';
import { Readings } from '../e2e/readings.mjs';
import { rowsAreRight } from '../e2e/rows.mjs';
import { until } from '../../stack/wait.mjs';
import { startedTooEarly } from './order.mjs';
import { mustBeKept, refusesWhatBreaks } from './registry.mjs';
import { answerOf } from './system.mjs';

const SERVICE_URL = 'http://127.0.0.1:3000';
const PROMETHEUS_URL = 'http://127.0.0.1:9090';
const HOURS = 48;

const secondsSince = (begin) => `${((Date.now() - begin) / 1000).toFixed(1)} s`;
const rightRows = (world) => rowsAreRight(world.readings, { contactPoint: '127.0.0.1', deadlineMs: 240_000 });

/** The file is understood, and one with a mistake is not. */
export async function configIsUnderstood({ system }) {
  const names = Object.keys(await system.services());
  const refused = await system.compose('config', '--quiet', 'no-such-service').then(
    () => false,
    () => true,
  );
  if (!refused) throw new Error('compose finds nothing wrong with a service that the file does not have');
  return names.join(', ');
}

/** The servers first, each healthy before what waits for it starts. */
export async function fromNothingToHealthy(world) {
  const { system } = world;
  const { present, absent } = await system.namesByImage();
  const begin = Date.now();
  world.names = present;
  const life = await system.upAndListen(present);
  const healthy = secondsSince(begin);
  const early = startedTooEarly(await system.services(), life);
  if (early.length > 0) throw new Error(early.join('\n'));
  await answerOf(`${SERVICE_URL}/health/ready`);
  world.isUp = true;
  const at = (ms) => `${((ms - begin) / 1000).toFixed(1)} s`;
  return [
    `healthy after ${healthy}, ready after ${secondsSince(begin)}`,
    ...present.map((name) => `${name}: started at ${at(life[name].startedMs)}, healthy at ${at(life[name].healthyMs)}`),
    ...absent.map((name) => `${name}: not tried, as there is no image of it here`),
  ].join('\n');
}

/** Clients on the host reach the servers by the published ports, as `npm start` would. */
export async function hostIsAnswered(world) {
  const kafka = new kafkajs.Kafka({ brokers: ['127.0.0.1:9092'], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const topics = await admin.listTopics().finally(() => admin.disconnect());
  if (!topics.includes('air-quality.readings')) throw new Error(`Kafka has no topic of readings: ${topics.join(', ')}`);
  world.schemaId = await refusesWhatBreaks();
  return `${topics.length} topics; the registry refuses a schema that breaks the one before`;
}

export async function readingsBecomeRows(world) {
  world.readings = new Readings(SERVICE_URL);
  return sendAndCompare(world);
}

async function sendAndCompare(world) {
  const begin = Date.now();
  for (let hour = 0; hour < HOURS; hour += 1) await world.readings.sendHour();
  return `${HOURS * 12} readings, ${await rightRows(world)}, ${secondsSince(begin)} in all`;
}

/** Its target is up, all rules are evaluated without an error, and what it says of records is what was sent. */
export async function prometheusScrapes({ system, readings }) {
  const targets = await answerOf(`${PROMETHEUS_URL}/api/v1/targets`, ({ data }) =>
    data.activeTargets.some(({ health }) => health === 'up'),
  );
  const { data } = await answerOf(`${PROMETHEUS_URL}/api/v1/rules`, ({ data: { groups } }) =>
    groups.every(({ rules }) => rules.every(({ health }) => health !== 'unknown')),
  );
  const rules = data.groups.flatMap((group) => group.rules);
  const wrong = rules.filter(({ health }) => health !== 'ok').map(({ name, lastError }) => `${name}: ${lastError}`);
  if (rules.length === 0 || wrong.length > 0) throw new Error(['rules:', ...wrong].join('\n'));
  const least = [...readings.expected.values()].reduce((sum, row) => sum + row.readings, 0);
  const query = encodeURIComponent('sum(millrace_records_total{pipeline="air-quality-daily"})');
  const counted = ({ data: { result } }) => Number(result[0]?.value[1] ?? 0);
  const answer = await answerOf(`${PROMETHEUS_URL}/api/v1/query?query=${query}`, (body) => counted(body) >= least);
  const version = (await system.exec('prometheus', 'prometheus', '--version')).split('\n')[0];
  return `${targets.data.activeTargets.length} target is up, ${rules.length} rules are evaluated, ${counted(answer)} records counted; ${version}`;
}

/** As nobody, on a file system that is read-only, without a capability, and without a way to get one. */
export async function serviceIsConfined({ system }) {
  const { State: state } = await system.inspect('millrace');
  const status = readFileSync(`/proc/${state.Pid}/status`, 'utf8');
  const fact = (name) => status.match(new RegExp(`^${name}:\\s+(.*)$`, 'm'))?.[1];
  const expected = {
    Uid: '10001\t10001\t10001\t10001',
    CapEff: '0000000000000000',
    CapBnd: '0000000000000000',
    NoNewPrivs: '1',
  };
  const wrong = Object.entries(expected).filter(([name, value]) => fact(name) !== value);
  if (wrong.length > 0)
    throw new Error(wrong.map(([name, value]) => `${name} is ${fact(name)}, not ${value}`).join('\n'));
  const write = "let is='writable';try{require('fs').writeFileSync('/app/x','')}catch(e){is=e.code}console.log(is)";
  const said = (await system.exec('millrace', 'node', '-e', write)).trim();
  if (said !== 'EROFS') throw new Error(`a file in /app: ${said}`);
  const count = "console.log(JSON.parse(require('fs').readFileSync('sbom.cdx.json')).components.length)";
  const components = (await system.exec('millrace', 'node', '-e', count)).trim();
  return `uid 10001, no capability, no new privileges, EROFS; its bill of materials lists ${components} packages`;
}

/** As a crash: Docker starts it again, and no row is lost or counted twice. */
export async function serviceIsKilled(world) {
  const { system, readings } = world;
  const { State: before } = await system.inspect('millrace');
  readings.start();
  const begin = Date.now();
  try {
    process.kill(before.Pid, 'SIGKILL');
    await isHealthyAgain(system);
    await answerOf(`${SERVICE_URL}/health/ready`);
  } finally {
    await readings.stop();
  }
  const ready = secondsSince(begin);
  return `ready again after ${ready}; ${await rightRows(world)}`;
}

async function isHealthyAgain(system) {
  const healthy = await until(
    async () => {
      const { RestartCount: restarts, State: state } = await system.inspect('millrace');
      return restarts > 0 && state.Health.Status === 'healthy';
    },
    { deadlineMs: 180_000, everyMs: 500 },
  );
  if (!healthy) throw new Error(`it is ${JSON.stringify((await system.inspect('millrace')).State)}`);
}

export async function serviceStops({ system }) {
  const begin = Date.now();
  await system.compose('stop', 'millrace');
  const took = secondsSince(begin);
  const { ExitCode: code, OOMKilled: killed } = (await system.inspect('millrace')).State;
  if (code !== 0 || killed) throw new Error(`it ended with ${code} after ${took}`);
  return `code 0 after ${took}`;
}

/** Containers go, volumes stay: windows that were open go on with what they held. */
export async function downAndUp(world) {
  await world.system.compose('down');
  const begin = Date.now();
  await world.system.up(world.names);
  await answerOf(`${SERVICE_URL}/health/ready`);
  const ready = secondsSince(begin);
  const before = await rightRows(world);
  await mustBeKept(world.schemaId);
  return `ready after ${ready}, ${before}; ${await sendAndCompare(world)}`;
}

export async function downLeavesNothing({ system }) {
  await system.compose('down', '--volumes');
  const ours = ['--quiet', '--filter', 'label=com.docker.compose.project=millrace'];
  const kinds = { containers: ['ps', '--all'], volumes: ['volume', 'ls'], networks: ['network', 'ls'] };
  for (const [kind, command] of Object.entries(kinds)) {
    const left = (await docker([...command, ...ours])).trim();
    if (left) throw new Error(`${kind} are left: ${left}`);
  }
  return 'no container, volume or network';
}
