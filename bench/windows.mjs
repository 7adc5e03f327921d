// `npm run bench -- windows`: what each kind of window costs in memory, without servers. See bench/README.md.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const dist = (path) => require(`../dist/${path}`);

const RECORDS = Number(process.env.BENCH_RECORDS ?? 1_000_000);
const KEYS = 100;
const RECORDS_PER_SECOND = 100;
const EPOCH_MS = 1_700_000_000_000;
/** Each record comes up to this much after one of a later time. */
const DISORDER_MS = 2_000;

const WINDOWS = {
  tumbling: { kind: 'tumbling', size: '1m', grace: '5s' },
  hopping: { kind: 'hopping', size: '10m', advance: '10s', grace: '5s' },
  'hopping, each window assigned': { kind: 'hopping', size: '10m', advance: '10s', grace: '5s' },
  cumulative: { kind: 'cumulative', size: '10m', step: '10s', grace: '5s' },
  sliding: { kind: 'sliding', size: '5s', grace: '5s' },
  session: { kind: 'session', gap: '5s', grace: '5s' },
  calendar: { kind: 'calendar', unit: 'day', zone: 'Asia/Shanghai', grace: '5s' },
  count: { kind: 'count', size: 100 },
  global: { kind: 'global' },
};
const NAIVE = 'hopping, each window assigned';
/** It is so slow that a part of the records tells. */
const NAIVE_SHARE = 10;

const [role, name] = process.argv.slice(-2);
if (role === 'child') console.log(JSON.stringify(measure(name)));
else report();

function report() {
  const results = Object.keys(WINDOWS).map((window) => {
    const args = ['--disable-warning=ExperimentalWarning', fileURLToPath(import.meta.url), 'child', window];
    return { window, ...JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 600_000 })) };
  });
  console.log(`${RECORDS} JSON records, ${KEYS} keys, ${RECORDS_PER_SECOND} records per second of event time, up to`);
  console.log(
    `${DISORDER_MS / 1000} s of disorder; count, sum, avg, min, max; final rows; one process for each line.\n`,
  );
  console.log('| window | definition | k records/s | of it decoding alone | rows | windows of a record |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const { window, perSecond, decodePerSecond, rows, windowsOfRecord } of results) {
    const { kind, ...fields } = WINDOWS[window];
    const definition = Object.entries(fields).map(([field, value]) => `${field} ${value}`);
    const figures = [perSecond, decodePerSecond].map((rate) => Math.round(rate / 1000));
    console.log(`| ${window} | ${definition.join(', ')} | ${figures.join(' | ')} | ${rows} | ${windowsOfRecord} |`);
  }
  const rate = (window) => results.find((result) => result.window === window).perSecond;
  const ratio = rate('hopping') / rate(NAIVE);
  console.log(`\nhopping with slices / with each window assigned: ${ratio.toFixed(1)} (wanted: at least 5)`);
  process.exitCode = ratio >= 5 ? 0 : 1;
}

function measure(window) {
  const pipeline = compile(WINDOWS[window]);
  const count = window === NAIVE ? RECORDS / NAIVE_SHARE : RECORDS;
  const decodeSeconds = timed(() => {
    for (const record of records(count)) pipeline.decode(record);
  });
  const run = window === NAIVE ? assignEach(pipeline, count) : replay(pipeline, count);
  let rows = 0;
  const seconds = timed(() => (rows = run()));
  const perSecond = count / seconds;
  const windowsOfRecord = pipeline.windows?.assign(EPOCH_MS + 86_400_000).length ?? '';
  return { perSecond, decodePerSecond: count / decodeSeconds, rows, windowsOfRecord };
}

function timed(work) {
  const beganAt = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - beganAt) / 1e9;
}

function compile(window) {
  const { parsePipelines } = dist('core/pipeline/parse.js');
  const { compilePipeline } = dist('core/pipeline/compile.js');
  const definition = {
    apiVersion: 'millrace/v1',
    kind: 'Pipeline',
    metadata: { name: 'bench' },
    spec: {
      source: { topic: 'readings', format: 'json', time: { field: 't' } },
      key: ['sensor'],
      window,
      aggregate: { n: 'count()', total: 'sum(x)', mean: 'avg(x)', least: 'min(x)', most: 'max(x)' },
      emit: { on: 'close' },
      sinks: [{ kafka: { topic: 'rows' } }],
    },
  };
  const { definitions, problems } = parsePipelines(JSON.stringify(definition), 'bench');
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return compilePipeline(definitions[0]);
}

/** Deterministic and cheap: a linear congruential generator. */
function* records(count) {
  let state = 42;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  for (let i = 0; i < count; i++) {
    const t = EPOCH_MS + Math.floor((i * 1000) / RECORDS_PER_SECOND - next() * DISORDER_MS);
    const sensor = `sensor-${Math.floor(next() * KEYS)}`;
    const value = Buffer.from(`{"sensor":"${sensor}","t":${t},"x":${(next() * 100).toFixed(2)}}`);
    yield { offset: BigInt(i), timestampMs: t, key: null, value };
  }
}

/** The engine as it is: what `millrace replay` runs. */
function replay(pipeline, count) {
  return () => drive(taskOf(pipeline), count);
}

/** The same engine with a pane for each window that holds the record, as Kafka Streams does it. */
function assignEach(pipeline, count) {
  const { PaneWindows } = dist('core/task/pane-windows.js');
  const { RowFactory } = dist('core/task/row-factory.js');
  return () => {
    const task = taskOf(pipeline);
    const windows = new PaneWindows({
      ...{ pipeline, assigner: pipeline.windows, checkpoint: undefined, changes: task.changes, cacheBytes: Infinity },
      rows: new RowFactory(pipeline, 0n),
    });
    // Private to the task: no user can ask for this.
    task.windows = task.delta.options.windows = windows;
    return drive(task, count);
  };
}

function taskOf(pipeline) {
  const { Task } = dist('core/task/task.js');
  return new Task({
    ...{ id: { pipeline: 'bench', partition: 0 }, pipeline, generation: 0n, checkpoint: undefined, startOffset: 0n },
    ...{ shownUpTo: 0n, cacheBytes: Infinity, maxRows: 5_000, maxBytes: Infinity, keyedByMessage: false },
  });
}

/** Gives the records in batches with a freeze after each, and whenever the task is full. */
function drive(task, count) {
  let rows = 0;
  const flush = (batch) => {
    for (let i = 0; i < batch.length;) {
      i = task.process(batch, i);
      rows += task.freeze(0)?.rows.length ?? 0;
      task.committed();
    }
  };
  let batch = [];
  for (const record of records(count)) {
    batch.push(record);
    if (batch.length < 5_000) continue;
    flush(batch);
    batch = [];
  }
  flush(batch);
  return rows;
}
