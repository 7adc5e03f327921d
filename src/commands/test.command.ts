import { dirname, isAbsolute, join } from 'node:path';
import { ConfigError, messageOf } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { problemText } from '../core/pipeline/problem';
import { type GoldenTest, parseGoldenTests } from '../testing/golden-file';
import { checkGoldenNames } from '../testing/golden-names';
import { type GoldenFailure, runGoldenTest } from '../testing/golden-run';
import type { CommandIo } from './command-io';
import { EXIT } from './exit-codes';
import { readPipeline } from './pipeline-file';

/**
 * Runs the golden tests of files: `ok` or what differs, with the place of each expectation that did not come true. Exit
 * code 0 when all passed, 1 when one failed, 2 when a file or its pipeline is wrong. All tests run in any case.
 */
export async function test(files: readonly string[], io: CommandIo): Promise<number> {
  const counts = { passed: 0, failed: 0, unusable: 0 };
  for (const file of files) {
    for (const outcome of await runFile(file, io)) counts[outcome] += 1;
  }
  const { passed, failed, unusable } = counts;
  io.out(`${passed} passed, ${failed} failed${unusable > 0 ? `, ${unusable} could not be run` : ''}`);
  if (unusable > 0) return EXIT.wrongUse;
  return failed > 0 ? EXIT.checkFailed : EXIT.done;
}

type Outcome = 'passed' | 'failed' | 'unusable';

async function runFile(file: string, io: CommandIo): Promise<Outcome[]> {
  let text: string;
  try {
    text = await io.readFile(file);
  } catch (thrown) {
    io.err(`${file}: cannot be read: ${messageOf(thrown)}`);
    return ['unusable'];
  }
  const { tests, problems } = parseGoldenTests(text, file);
  for (const problem of problems) io.err(problemText(problem));
  const outcomes: Outcome[] = problems.length > 0 ? ['unusable'] : [];
  for (const golden of tests) outcomes.push(await runOne(golden, file, io));
  return outcomes;
}

async function runOne(golden: GoldenTest, file: string, io: CommandIo): Promise<Outcome> {
  const { definition } = golden;
  const pipeline = await pipelineOf(golden, file, io);
  if (!pipeline) return 'unusable';
  const findings = checkGoldenNames(definition, pipeline);
  for (const finding of findings) io.err(problemText(golden.locate(finding)));
  if (findings.length > 0) return 'unusable';
  const failures = runGoldenTest(definition, pipeline);
  if (failures.length > 0) {
    io.err(`FAIL ${file}: ${definition.metadata.name}`);
    for (const failure of failures) for (const line of failureLines(golden, failure)) io.err(line);
    return 'failed';
  }
  io.out(`ok   ${file}: ${definition.metadata.name}`);
  return 'passed';
}

function failureLines(golden: GoldenTest, { path, lines }: GoldenFailure): string[] {
  const [headline = '', ...others] = lines;
  return [problemText(golden.locate({ path, message: headline, at: 'name' })), ...others];
}

/** The pipeline's path is from the folder of the test. What is wrong with it is told at the place that names it. */
async function pipelineOf(golden: GoldenTest, file: string, io: CommandIo): Promise<CompiledPipeline | undefined> {
  const { file: path, name } = golden.definition.spec.pipeline;
  try {
    return await readPipeline(isAbsolute(path) ? path : join(dirname(file), path), name, io);
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    io.err(problemText(golden.locate({ path: ['spec', 'pipeline'], message: messageOf(thrown) })));
    return undefined;
  }
}
