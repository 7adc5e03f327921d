import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const USAGE =
  'usage: npm run chaos -- [--minutes N] [--seed N] [--replicas N] [--rate N] [--keys N] [--kinds FAULT,...] [--short | --mutants [NAME]]';

/** Ports of the runner's own servers, away from those of the tests and of the developer. */
const PORT_OFFSET = 3_000;
const MOST_PER_SECOND = 10_000;

/** What every run shares. Ids of records stay below `mostRecords`. */
const COMMON = {
  folder: join(ROOT, 'test-results', 'chaos'),
  dist: join(ROOT, 'dist'),
  gapMs: [4_000, 12_000],
  faults: Infinity,
  /** How much faster event time runs than the clock. */
  speedUp: 10,
  /** How long the recoveries of the last faults, and the end of the input, are waited for. */
  recoveryMs: 120_000,
  catchUpMs: 180_000,
};

/** About a minute for `npm test`: the same five faults each time, on the servers that are there for the tests. */
const SHORT = {
  minutes: 3,
  rate: 400,
  faults: 5,
  gapMs: [3_000, 5_000],
  kinds: [
    ...['replica killed', 'replica paused, its heir killed', 'Redis set back', 'Redis paused, killed with a replica'],
    'Cassandra paused, replica killed',
  ],
};

/** Throws an error that says what is wrong with the arguments. */
export function settingsOf(argv, env) {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      minutes: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      replicas: { type: 'string', default: '3' },
      rate: { type: 'string', default: '1000' },
      keys: { type: 'string', default: '120' },
      kinds: { type: 'string' },
      short: { type: 'boolean', default: false },
      mutants: { type: 'boolean', default: false },
    },
  });
  const settings = {
    ...COMMON,
    ...{ seed: whole(values, 'seed', 2 ** 31), minutes: whole(values, 'minutes', 24 * 60) },
    ...{ replicas: whole(values, 'replicas', 9, 2), rate: whole(values, 'rate', MOST_PER_SECOND, 20) },
    ...{ keys: whole(values, 'keys', 1_000, 10), mutants: values.mutants, names: positionals },
    ...(values.kinds && { kinds: values.kinds.split(',') }),
    ...(values.short && SHORT),
    portOffset: env.MILLRACE_TEST_PORT_OFFSET ?? (values.short ? '0' : String(PORT_OFFSET)),
  };
  // A run lasts longer than its faults: the last ones are waited for.
  return { ...settings, mostRecords: settings.rate * 60 * (settings.minutes + 10) };
}

function whole(values, name, most, least = 1) {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new Error(`--${name} must be a whole number from ${least} to ${most}, not '${values[name]}'\n${USAGE}`);
}
