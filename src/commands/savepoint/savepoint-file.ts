import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

import { ZodError } from 'zod';
import { ConfigError, messageOf } from '../../core/errors';
import { linesOf } from '../../ingestion/lines';
import type { SavepointItem } from '../../runtime/savepoint/savepoint';
import { VERSION } from '../../version';
import { BodyReader, endLine, FORMAT, headerLine, headerText, partTexts } from './savepoint-lines';

/**
 * A savepoint in a file: gzip of JSON lines, the header first, the checksum of all lines before it last. However large,
 * a few of its lines are in memory at a time.
 */

/**
 * Writes a savepoint. The file has its name only once it is whole and on the disk. Throws ConfigError when there is such a
 * file or it cannot be written, and what `items` throws.
 */
export async function writeSavepoint(path: string, items: AsyncIterable<SavepointItem>): Promise<void> {
  if (existsSync(path)) throw new ConfigError(`${path}: there is such a file; give another name`);
  const partial = `${path}.partial`;
  try {
    await pipeline(Readable.from(lineTexts(items)), createGzip(), createWriteStream(partial, { mode: 0o600 }));
    const file = await open(partial, 'r');
    await file.sync().finally(() => file.close());
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw isFileError(error) ? new ConfigError(`${path}: cannot be written: ${messageOf(error)}`) : error;
  }
}

async function* lineTexts(items: AsyncIterable<SavepointItem>): AsyncGenerator<string> {
  const hash = createHash('sha256');
  let lines = 0;
  for await (const item of items) {
    const texts = item.kind === 'header' ? [headerText(item.header, VERSION)] : partTexts(item.id, item.part);
    for (const text of texts) {
      hash.update(`${text}\n`);
      lines += 1;
      yield `${text}\n`;
    }
  }
  yield `${JSON.stringify({ end: { lines, sha256: hash.digest('hex') } })}\n`;
}

/** Throws ConfigError for a file that cannot be read, is damaged or cut short, or was written by a newer version. */
export async function* readSavepoint(path: string): AsyncGenerator<SavepointItem> {
  const hash = createHash('sha256');
  const reader = new BodyReader();
  let lines = 0;
  let hasEnded = false;
  try {
    for await (const value of unzippedLines(path)) {
      if (hasEnded) throw damaged(path, 'something follows its last line');
      const text = Buffer.from(value).toString();
      const line: unknown = JSON.parse(text);
      const end = endLine.safeParse(line);
      hasEnded = end.success;
      if (end.success) checkEnd(path, end.data.end, { lines, sha256: hash.digest('hex') });
      else {
        yield lines === 0 ? header(path, line) : reader.read(line);
        hash.update(`${text}\n`);
        lines += 1;
      }
    }
  } catch (error) {
    throw readError(path, error);
  }
  if (!hasEnded) throw damaged(path, 'its last line is missing: it is cut short');
}

async function* unzippedLines(path: string): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path);
  const unzipped = createGunzip();
  // What ends one of them ends the other; `unzipped` tells the reader of it.
  const piped = pipeline(file, unzipped).catch(() => undefined);
  try {
    for await (const batch of linesOf(unzipped as AsyncIterable<Uint8Array>)) {
      for (const { value } of batch) yield value;
    }
  } finally {
    unzipped.destroy();
    await piped;
  }
}

function header(path: string, line: unknown): SavepointItem {
  const format = (line as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format > FORMAT) {
    throw new ConfigError(
      `${path}: it has format ${format}, and this version of Millrace (${VERSION}) reads up to ${FORMAT}: use the version ` +
        `that wrote it, ${String((line as { version?: unknown }).version)}`,
    );
  }
  const { pipeline: name, savedAt, deployment } = headerLine.parse(line);
  return { kind: 'header', header: { pipeline: name, savedAt, deployment } };
}

interface End {
  readonly lines: number;
  readonly sha256: string;
}

function checkEnd(path: string, told: End, found: End): void {
  if (told.lines !== found.lines) throw damaged(path, `it has ${found.lines} lines of ${told.lines}`);
  if (told.sha256 !== found.sha256) throw damaged(path, 'its checksum is another');
}

function damaged(path: string, how: string): ConfigError {
  return new ConfigError(`${path}: it is damaged: ${how}; nothing was changed. Take another savepoint`);
}

function readError(path: string, error: unknown): unknown {
  if (error instanceof ConfigError) return error;
  if (error instanceof ZodError || error instanceof SyntaxError) {
    return damaged(path, 'a line is not one of a savepoint');
  }
  if (isZipError(error)) return damaged(path, messageOf(error));
  return isFileError(error) ? new ConfigError(`${path}: cannot be read: ${messageOf(error)}`) : error;
}

function isZipError(error: unknown): boolean {
  return codeOf(error).startsWith('Z_');
}

/** Of the operating system, as ENOENT or ENOSPC. */
function isFileError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'syscall' in error && codeOf(error) !== '';
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}
