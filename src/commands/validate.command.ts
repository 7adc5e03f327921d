import { messageOf } from '../core/errors';
import { parsePipelines } from '../core/pipeline/parse';
import { problemText } from '../core/pipeline/problem';

/** What a command needs of the outside; lines come without their end. */
export interface ValidateIo {
  out(line: string): void;
  err(line: string): void;
  readFile(path: string): Promise<string>;
}

const ALL_RIGHT = 0;
const PROBLEM_FOUND = 1;
const BAD_INPUT = 2;

/**
 * Checks pipeline files: each problem to `err` as `file:line:column: message`, each good file to `out`. Exit code 0 when
 * all are right, 1 when one has a problem, 2 when one cannot be read. All files are looked at in any case.
 */
export async function validate(files: readonly string[], io: ValidateIo): Promise<number> {
  if (files.length === 0) {
    io.err('no file given; use: millrace validate FILE...');
    return BAD_INPUT;
  }
  let exitCode = ALL_RIGHT;
  for (const file of files) exitCode = Math.max(exitCode, await validateFile(file, io));
  return exitCode;
}

async function validateFile(file: string, io: ValidateIo): Promise<number> {
  let text: string;
  try {
    text = await io.readFile(file);
  } catch (error) {
    io.err(`${file}: cannot be read: ${messageOf(error)}`);
    return BAD_INPUT;
  }
  const { definitions, problems } = parsePipelines(text, file);
  for (const problem of problems) io.err(problemText(problem));
  if (problems.length > 0) return PROBLEM_FOUND;
  io.out(`${file}: ok (${definitions.length} pipeline${definitions.length === 1 ? '' : 's'})`);
  return ALL_RIGHT;
}
