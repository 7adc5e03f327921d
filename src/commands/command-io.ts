import { readFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import type { CatalogExtensions } from '../runtime/catalog-extensions';

/** What a command needs of the outside; lines come without their end. */
export interface CommandIo {
  out(line: string): void;
  err(line: string): void;
  readFile(path: string): Promise<string>;
  /** Where much output goes, by itself and not line by line. */
  readonly stdout: Writable;
  /** What modules in JavaScript add to the language of definitions. */
  readonly extensions?: CatalogExtensions;
}

export const processIo: CommandIo = {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  readFile: (path) => readFile(path, 'utf8'),
  stdout: process.stdout,
};
