// npm run model:evaluate [-- --shuffled [SEED]] [--river PYTHON]
// Mean absolute errors of the shipped model and of the two baselines on the shipped readings, 2014 and 2015. The baselines are
// computed here, from the readings; of the model only its predictions are taken.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at } from '../../scripts/project.mjs';
import { HOUR_MS, JUDGED_FROM_MS, readingsByPost, shippedLines, shuffled } from './readings.mjs';

const MOST_OUTPUT_BYTES = 1024 ** 3;

const options = process.argv.slice(2);
const isShuffled = options.includes('--shuffled');
const python = options.includes('--river') ? options[options.indexOf('--river') + 1] : undefined;
const folder = mkdtempSync(join(tmpdir(), 'millrace-model-'));
try {
  const shipped = shippedLines();
  const input = isShuffled ? shuffled(shipped, Number(options[options.indexOf('--shuffled') + 1]) || 1) : shipped;
  const file = join(folder, 'readings.csv');
  writeFileSync(file, [input.header, ...input.lines].join('\n') + '\n');
  report(readingsByPost(input), predictionsOf(file), python && riverErrors(python, file));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What was predicted, by post and time: that a prediction is there before its reading is what the model's rows say. */
function predictionsOf(file) {
  const rows = run(process.execPath, [
    at('dist', 'cli.js'),
    'replay',
    at('pipelines', 'pm25-forecast.yaml'),
    '--input',
    file,
  ]);
  const predictions = new Map();
  for (const line of rows.split('\n')) {
    if (line === '') continue;
    const { key, values } = JSON.parse(line);
    const { next } = values.forecast;
    predictions.set(`${key.location} ${Date.parse(next.at)}`, next.predicted);
  }
  return predictions;
}

/** By post: the mean absolute error of River's model over the same hours. */
function riverErrors(command, file) {
  return JSON.parse(run(command, [at('bench', 'model', 'river_yardstick.py'), file, String(JUDGED_FROM_MS)]));
}

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: MOST_OUTPUT_BYTES,
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout;
}

function report(posts, predictions, river) {
  console.log(`MAE of PM2.5 one hour ahead, ug/m3, 2014 and 2015${isShuffled ? ', labels shuffled' : ''}`);
  console.log(
    row(['post', 'hours', 'model', 'last hour', 'mean so far', ...(river ? ['river'] : []), 'under last hour']),
  );
  for (const [location, readings] of [...posts].sort()) {
    const { hours, model, last, mean } = errorsOf(location, readings, predictions);
    const better = `${((1 - model / last) * 100).toFixed(1)} %`;
    const numbers = [model, last, mean, ...(river ? [river[location].mae] : [])].map((value) => value.toFixed(3));
    if (river && river[location].hours !== hours)
      throw new Error(`River judged ${river[location].hours} hours of ${location}, not ${hours}`);
    console.log(row([location, hours, ...numbers, better]));
  }
}

/** Over the hours that have a reading and come one hour after one: there "the same as the last hour" means something. */
function errorsOf(location, readings, predictions) {
  const sums = { hours: 0, model: 0, last: 0, mean: 0 };
  let total = readings[0].pm25;
  for (let i = 1; i < readings.length; i++) {
    const [before, now] = [readings[i - 1], readings[i]];
    if (now.timeMs - before.timeMs === HOUR_MS && now.timeMs >= JUDGED_FROM_MS) {
      sums.hours++;
      sums.model += Math.abs(predictions.get(`${location} ${now.timeMs}`) - now.pm25);
      sums.last += Math.abs(before.pm25 - now.pm25);
      sums.mean += Math.abs(total / i - now.pm25);
    }
    total += now.pm25;
  }
  const { hours } = sums;
  return { hours, model: sums.model / hours, last: sums.last / hours, mean: sums.mean / hours };
}

function row([name, ...cells]) {
  return String(name).padEnd(20) + cells.map((cell) => String(cell).padStart(16)).join('');
}
