// `npm run bench -- extensions`: what it costs that code of extensions runs in the sandbox, without servers. See bench/README.md.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const dist = (path) => require(`../dist/${path}`);

const RECORDS = Number(process.env.BENCH_RECORDS ?? 200_000);
const WARM_UP = RECORDS / 10;
const KEYS = 100;
const RECORDS_PER_SECOND = 100;
const EPOCH_MS = 1_700_000_000_000;
const MODULE = fileURLToPath(new URL('./extensions/module.mjs', import.meta.url));
/** Of the module; what each of them calls is in their names. */
const PIPELINES = ['nothing', 'function', 'aggregate', 'function-and-aggregate', 'schema', 'record-functions'];

const [role, isolation, name] = process.argv.slice(-3);
if (role === 'child') console.log(JSON.stringify(await measure(isolation, name)));
else report();

function report() {
  console.log(
    `${RECORDS} JSON records, ${KEYS} keys, ${RECORDS_PER_SECOND} records per second of event time; final rows;`,
  );
  console.log('one process for each run, the better of two; by CPU time, which other programs do not show in.\n');
  console.log(
    '| a pipeline that calls | in the process, k records/s of CPU | in the sandbox | sandbox / process | more for each record |',
  );
  console.log('| --- | --- | --- | --- | --- |');
  for (const pipeline of PIPELINES) {
    const [inProcess, sandboxed] = ['process', 'sandbox'].map((where) => better(where, pipeline));
    if (JSON.stringify(inProcess.last) !== JSON.stringify(sandboxed.last)) throw new Error(`${pipeline}: rows differ`);
    const [fast, slow] = [inProcess.perSecond, sandboxed.perSecond];
    const microseconds = (1e6 / slow - 1e6 / fast).toFixed(1);
    const rates = [fast, slow].map((rate) => Math.round(rate / 1000));
    console.log(`| ${pipeline} | ${rates.join(' | ')} | ${(slow / fast).toFixed(2)} | ${microseconds} µs |`);
  }
}

function better(where, pipeline) {
  const runs = [runChild(where, pipeline), runChild(where, pipeline)];
  return runs.reduce((best, run) => (run.perSecond > best.perSecond ? run : best));
}

function runChild(where, pipeline) {
  const args = ['--disable-warning=ExperimentalWarning', fileURLToPath(import.meta.url), 'child', where, pipeline];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 600_000 }));
}

async function measure(where, pipeline) {
  const { importerOf } = dist('processing/module-importer.js');
  const { pipelines } = await dist('processing/extension-modules.js').loadExtensions([MODULE], importerOf(where));
  const { compiled } = pipelines.find((each) => each.compiled.name === pipeline);
  const { TestDriver } = dist('index.js');
  const driver = new TestDriver({ name: pipeline, definition: compiled.definition, compiled });
  let at = 0;
  const pipe = (count) => {
    for (const end = at + count; at < end; at++) driver.pipe(record(at));
  };
  pipe(WARM_UP);
  const before = process.cpuUsage();
  pipe(RECORDS);
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  driver.close();
  return { perSecond: RECORDS / seconds, last: driver.rows().at(-1) };
}

function record(i) {
  const at = EPOCH_MS + Math.floor((i * 1000) / RECORDS_PER_SECOND);
  return `{"k":"key-${i % KEYS}","at":${at},"pm25":${(i % 997) / 2},"temperature":${(i % 40) - 5},"humidity":${1 + (i % 99)}}`;
}
