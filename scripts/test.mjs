import { programFromDebian } from '../stack/apt.mjs';
import { addresses, down, reset } from '../stack/index.mjs';
import { build } from './build.mjs';
import { interruption, runForeground } from './foreground.mjs';
import { install } from './install.mjs';
import { runJest } from './jest.mjs';
import { prometheusProgram } from './observability/program.mjs';
import { at, NODE, ROOT } from './project.mjs';

const CHROMIUM = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const CHAOS_MS = 10 * 60_000;
const OBSERVABILITY_MS = 8 * 60_000;
/** What needs no server, and so runs on all cores. */
const SERVERLESS = '/test/(unit|property|golden)/';
/** Everything in it has a name of its own on the servers, and measures nothing. The rest would be in each other's way. */
const SIDE_BY_SIDE = '/test/conformance/';
/** Takes two minutes of waiting for alerts: `npm test -- test/alerts`. */
const ON_DEMAND = '/test/alerts/';
const log = (line) => console.log(line);
const interrupt = interruption();

/**
 * Everything from a fresh clone to the result. The last line is `N passed, N failed`; a stage that
 * fails counts as a failure, and the servers are taken down whatever happens.
 */
async function main() {
  let counts = { passed: 0, failed: 0 };
  try {
    await stage('install', () => install(interrupt));
    await stage('build', () => build(interrupt));
    const chosen = process.argv.slice(2);
    const isWhole = chosen.length === 0;
    if (isWhole) counts = sum(counts, await jest('unit tests', ['--maxWorkers=100%', SERVERLESS], {}));
    const chromium = await stage('chromium', findChromium);
    const prometheus = await stage('prometheus', () => prometheusProgram({ log, signal: interrupt }));
    if (isWhole) counts = await stage('observability', () => observability(counts));
    await stage('stack up', () => reset('test', { log, signal: interrupt }));
    const env = environment(chromium, prometheus);
    if (isWhole) counts = sum(counts, await jest('conformance', ['--maxWorkers=2', SIDE_BY_SIDE], env));
    const rest = [SERVERLESS, SIDE_BY_SIDE, ON_DEMAND].map((path) => `--testPathIgnorePatterns=${path}`);
    counts = sum(counts, await jest('tests on servers', isWhole ? rest : chosen, env));
    // It kills the servers: it comes when no test needs them, and not when tests were chosen by name.
    if (isWhole) counts = await stage('chaos', () => chaos(counts));
  } catch (error) {
    counts = failure(counts, error);
  }
  try {
    await stage('stack down', () => down('test'));
  } catch (error) {
    counts = failure(counts, error);
  }
  log(`${counts.passed} passed, ${counts.failed} failed`);
  if (counts.failed > 0) process.exitCode ||= 1;
}

async function jest(name, args, env) {
  const counts = await stage(name, () => runJest(name.replaceAll(' ', '-'), args, env, interrupt));
  if (counts.reason) log(counts.reason);
  return counts;
}

function sum(some, others) {
  return { passed: some.passed + others.passed, failed: some.failed + others.failed };
}

/** A minute of faults on the real servers; counts as one test. */
function chaos(counts) {
  const args = ['--disable-warning=TimeoutNegativeWarning', at('chaos', 'run.mjs'), '--short'];
  return asOneTest(counts, args, CHAOS_MS);
}

/** Rules and dashboards on a real Prometheus; counts as one test. */
function observability(counts) {
  return asOneTest(counts, [at('scripts', 'check-observability.mjs')], OBSERVABILITY_MS);
}

async function asOneTest({ passed, failed }, args, timeoutMs) {
  const code = await runForeground(NODE, args, { cwd: ROOT, interrupt, timeoutMs });
  interrupt.throwIfAborted();
  return code === 0 ? { passed: passed + 1, failed } : { passed, failed: failed + 1 };
}

async function stage(name, work) {
  log(`== ${name}`);
  const begin = Date.now();
  try {
    return await work();
  } finally {
    log(`== ${name}: ${((Date.now() - begin) / 1000).toFixed(1)} s`);
  }
}

/** What broke off because of an interruption fails in its own words; the interruption is the reason. */
function failure({ passed, failed }, error) {
  const reason = interrupt.aborted ? interrupt.reason : error;
  console.error(reason.message);
  process.exitCode = reason.exitCode ?? 1;
  return { passed, failed: failed + 1 };
}

function findChromium() {
  return process.env.MILLRACE_TEST_CHROMIUM || programFromDebian(CHROMIUM, 'chromium', { log, signal: interrupt });
}

function environment(chromium, prometheus) {
  const { kafka, redis, cassandra, 'schema-registry': schemaRegistry } = addresses('test');
  return {
    MILLRACE_TEST_KAFKA: kafka,
    MILLRACE_TEST_REDIS: redis,
    MILLRACE_TEST_CASSANDRA: cassandra,
    MILLRACE_TEST_SCHEMA_REGISTRY: schemaRegistry,
    MILLRACE_TEST_CHROMIUM: chromium,
    MILLRACE_TEST_PROMETHEUS: prometheus,
  };
}

await main();
