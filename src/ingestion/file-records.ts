import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ConfigError, messageOf } from '../core/errors';
import { csvRecords, type OnBadLine } from './csv-records';
import { firstBytes } from './first-bytes';
import { type Line, linesOf } from './lines';

export type FileFormat = 'csv' | 'ndjson' | 'lines';

/** One record of a file: its line, counted from 1, and its bytes, JSON for CSV files. */
export type FileRecord = Line;

export interface RecordFileOptions {
  /** A path, or `-` for standard input. */
  readonly path: string;
  /** Told by the file's name or first byte when absent. `lines` passes lines as they are. */
  readonly format?: FileFormat;
  readonly signal?: AbortSignal;
  readonly onBadLine?: OnBadLine;
}

const GZIP_MAGIC = [0x1f, 0x8b];
const CHUNK_BYTES = 256 * 1024;

/**
 * Reads records from a CSV or NDJSON file, gzip or not, with bounded memory. Lines of NDJSON are passed on unread:
 * one that is no JSON becomes a dead letter where it is processed. Throws ConfigError naming the file when it cannot be read.
 */
export class RecordFile {
  /** Bytes of the file (packed, if it is gzip) that have been read. */
  bytesRead = 0;

  constructor(private readonly options: RecordFileOptions) {}

  /** `undefined` for standard input and pipes, whose end is not known. */
  async size(): Promise<number | undefined> {
    const { path } = this.options;
    if (path === '-') return undefined;
    const stats = await stat(path).catch((thrown: unknown) => {
      throw unreadable(path, thrown);
    });
    if (stats.isDirectory()) throw new ConfigError(`cannot read ${path}: it is a folder`);
    return stats.isFile() ? stats.size : undefined;
  }

  async *batches(): AsyncGenerator<readonly FileRecord[]> {
    const { path, onBadLine = ignore } = this.options;
    try {
      const { whole, first } = await firstBytes(await this.unpacked());
      const format = this.options.format ?? formatOf(path, first);
      yield* format === 'csv' ? csvRecords(whole, onBadLine) : linesOf(whole);
    } catch (thrown) {
      if (this.options.signal?.aborted) return;
      throw unreadable(path, thrown);
    }
  }

  /** One by one. */
  async *records(): AsyncGenerator<FileRecord> {
    for await (const batch of this.batches()) yield* batch;
  }

  private async unpacked(): Promise<AsyncIterable<Uint8Array>> {
    const { first, whole } = await firstBytes(this.counted());
    if (!GZIP_MAGIC.every((byte, i) => first[i] === byte)) return whole;
    const source = Readable.from(whole, { objectMode: false });
    const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
    source.on('error', (error) => gunzip.destroy(error));
    return source.pipe(gunzip);
  }

  private async *counted(): AsyncGenerator<Uint8Array> {
    const { path, signal } = this.options;
    const stream = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: CHUNK_BYTES });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (signal?.aborted) return;
      this.bytesRead += chunk.length;
      yield chunk;
    }
  }
}

function formatOf(path: string, first: Uint8Array): FileFormat {
  const name = path.replace(/\.gz$/i, '').toLowerCase();
  if (name.endsWith('.csv')) return 'csv';
  if (/\.(ndjson|jsonl|json)$/.test(name)) return 'ndjson';
  return /^\s*[{[]/.test(Buffer.from(first.subarray(0, 64)).toString('latin1').replace('\u00ef\u00bb\u00bf', ''))
    ? 'ndjson'
    : 'csv';
}

function unreadable(path: string, thrown: unknown): ConfigError {
  return new ConfigError(`cannot read ${path === '-' ? 'standard input' : path}: ${messageOf(thrown)}`, {
    cause: thrown,
  });
}

function ignore(): void {
  // Whoever wants to know of bad lines says so.
}
