import type { Writable } from 'node:stream';

const CHUNK_CHARS = 64 * 1024;

/** Writes lines in large chunks. Whoever writes much awaits {@link ready} now and then, so that nothing piles up. */
export class LineWriter {
  private buffered = '';
  private failure: NodeJS.ErrnoException | undefined;

  constructor(private readonly stream: Writable) {
    stream.on('error', (error) => (this.failure = error));
  }

  /** Whether the reader has gone (`millrace replay ... | head`): nothing more needs to be written. */
  get closed(): boolean {
    return this.problem?.code === 'EPIPE';
  }

  line(text: string): void {
    this.buffered += `${text}\n`;
    if (this.buffered.length >= CHUNK_CHARS) this.push();
  }

  /** Resolves when the stream takes more. Throws what the stream failed with, unless its reader has gone. */
  async ready(): Promise<void> {
    if (this.problem && !this.closed) throw this.problem;
    if (!this.stream.writableNeedDrain || this.closed) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.stream.off('drain', done).off('error', done).off('close', done);
        resolve();
      };
      this.stream.on('drain', done).on('error', done).on('close', done);
    });
  }

  /** Resolves when everything has been handed to the system. */
  async end(): Promise<void> {
    if (this.closed) return;
    await new Promise<void>((resolve) => this.stream.write(this.take(), () => resolve()));
    await this.ready();
  }

  /** A stream knows of its error a moment before it emits it. */
  private get problem(): NodeJS.ErrnoException | null | undefined {
    return this.failure ?? this.stream.errored;
  }

  private push(): void {
    const text = this.take();
    if (!this.closed) this.stream.write(text);
  }

  private take(): string {
    const text = this.buffered;
    this.buffered = '';
    return text;
  }
}
