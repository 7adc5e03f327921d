/** Something wrong with a definition, with its place. Lines and columns count from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** `file:line:column: message`, as editors and compilers print it. */
export function problemText(problem: Problem): string {
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`;
}
