import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { messageOf } from '../../src/core/errors';
import type { Case, Kind } from './case';
import { casesOf } from './case.arbitrary';
import { caseText, differences } from './comparison';
import { KafkaStreamsReference } from './kafka-streams-reference';
import { replayCase } from './millrace-replay';
import { withoutNeedless } from './smaller-case';

/** The first run fetches Kafka Streams. */
const BUILD_MS = 600_000;
/** A hundred times what a case takes, and what it takes to find the smallest case of a fault. */
const MS_OF_CASE = 1000;
const SHRINK_MS = 120_000;
const KINDS: readonly Kind[] = ['tumbling', 'hopping', 'sliding', 'session'];
const KEPT_CASES = join(__dirname, 'cases');

const seed = settingOf('MILLRACE_DIFFERENTIAL_SEED') ?? Date.now() % 2 ** 31;
const numRuns = settingOf('MILLRACE_DIFFERENTIAL_CASES') ?? 200;

let reference: KafkaStreamsReference | undefined;
beforeAll(async () => {
  process.stderr.write(`differential test: seed ${seed}, ${numRuns} cases of each kind of window\n`);
  reference = await KafkaStreamsReference.start();
}, BUILD_MS);
afterAll(() => reference?.stop());

it.each(KINDS)(
  'random records in %s windows give the table and the late records of Kafka Streams',
  async (kind) => {
    const agree = fc.asyncProperty(casesOf(kind), async (given) => !(await disagree(given)));
    const { counterexample } = await fc.check(agree, { seed, numRuns });
    if (counterexample) throw new Error(await reportOf(kind, counterexample[0]));
  },
  SHRINK_MS + numRuns * MS_OF_CASE,
);

it.each(keptCases())('the kept case "%s" gives the table and the late records of Kafka Streams', async (_, given) => {
  expect(await disagreements(given)).toEqual([]);
});

async function disagree(given: Case): Promise<boolean> {
  return (await disagreements(given)).length > 0;
}

async function disagreements(given: Case): Promise<string[]> {
  const theirs = await reference!.ask(given);
  try {
    return differences(theirs, await replayCase(given));
  } catch (thrown) {
    return [`Millrace failed: ${messageOf(thrown)}`];
  }
}

/** What is needed to see the fault again: the smallest case that was found, and the command. */
async function reportOf(kind: Kind, found: Case): Promise<string> {
  const given = await withoutNeedless(found, disagree);
  const settings = `MILLRACE_DIFFERENTIAL_SEED=${seed} MILLRACE_DIFFERENTIAL_CASES=${numRuns}`;
  return [
    `Kafka Streams and Millrace disagree on ${kind} windows:`,
    ...(await disagreements(given)).map((line) => `  ${line}`),
    'The smallest case found; as a file in test/differential/cases it is run each time:',
    caseText(given),
    `Again: ${settings} npm run test:differential -- -t ${kind}`,
  ].join('\n');
}

function keptCases(): [name: string, given: Case][] {
  return readdirSync(KEPT_CASES).map((file) => {
    const given = JSON.parse(readFileSync(join(KEPT_CASES, file), 'utf8')) as Case;
    return [file.replace('.json', '').replaceAll('-', ' '), given];
  });
}

function settingOf(name: string): number | undefined {
  const text = process.env[name];
  if (!text) return undefined;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`${name} is "${text}": it must be a whole number above 0`);
}
