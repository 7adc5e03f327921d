import { readFile } from 'node:fs/promises';

/** What a command needs of the outside; lines come without their end. */
export interface CommandIo {
  out(line: string): void;
  err(line: string): void;
  readFile(path: string): Promise<string>;
}

export const processIo: CommandIo = {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  readFile: (path) => readFile(path, 'utf8'),
};
