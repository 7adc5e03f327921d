import { createReadStream, createWriteStream, type ReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { pipeline as streamed } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const OURS = /\.(ndjson|csv)(\.gz)?(\.part)?$/;

/** The folder of exports. A file has its name only once it is whole. */
export class ExportFiles {
  constructor(
    readonly folder: string,
    private readonly keptMs: number,
  ) {}

  /** Writes text to a file, in place of one of that name; resolves with its size in bytes. */
  async write(name: string, text: AsyncIterable<string>, gzip: boolean, signal: AbortSignal): Promise<number> {
    await mkdir(this.folder, { recursive: true });
    await this.removeOld();
    const [path, part] = [join(this.folder, name), join(this.folder, `${name}.part`)];
    await streamed(Readable.from(text), gzip ? createGzip() : new PassThrough(), createWriteStream(part), { signal });
    await rename(part, path);
    return (await stat(path)).size;
  }

  /** `undefined` when it is not here. */
  async read(name: string): Promise<ReadStream | undefined> {
    const path = join(this.folder, name);
    const isThere = await stat(path).then(
      () => true,
      () => false,
    );
    return isThere ? createReadStream(path) : undefined;
  }

  /** Files are kept as long as their jobs. */
  private async removeOld(): Promise<void> {
    const oldestMs = Date.now() - this.keptMs;
    for (const name of (await readdir(this.folder)).filter((each) => OURS.test(each))) {
      const path = join(this.folder, name);
      if ((await stat(path)).mtimeMs < oldestMs) await rm(path, { force: true });
    }
  }
}
