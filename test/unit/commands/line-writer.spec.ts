import { Writable } from 'node:stream';
import { LineWriter } from '../../../src/commands/line-writer';

/** Takes a chunk only when told to. */
class SlowStream extends Writable {
  readonly chunks: string[] = [];
  private release: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 1, decodeStrings: false });
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    this.release = done;
  }

  take(): void {
    this.release?.();
  }
}

const LARGE = 'x'.repeat(70_000);

describe('line writer', () => {
  it('gathers lines into large chunks', async () => {
    const stream = new SlowStream();
    const writer = new LineWriter(stream);
    for (let i = 0; i < 1_000; i++) writer.line(`line ${i}`);
    expect(stream.chunks).toEqual([]);
    const ended = writer.end();
    expect(stream.chunks).toHaveLength(1);
    stream.take();
    await ended;
    expect(stream.chunks[0]!.split('\n')).toHaveLength(1_001);
  });

  it('is ready again once a slow stream has taken what it was given', async () => {
    const stream = new SlowStream();
    const writer = new LineWriter(stream);
    writer.line(LARGE);
    let isReady = false;
    const ready = writer.ready().then(() => (isReady = true));
    await new Promise(setImmediate);
    expect(isReady).toBe(false);
    stream.take();
    await ready;
  });

  it('does not wait for a stream that has taken everything before it was asked', async () => {
    const stream = new SlowStream();
    const writer = new LineWriter(stream);
    writer.line(LARGE);
    stream.take();
    await new Promise(setImmediate);
    await writer.ready();
  });

  it('is closed when the reader has gone, and then takes lines for nothing', async () => {
    const stream = new SlowStream();
    const writer = new LineWriter(stream);
    writer.line(LARGE);
    stream.destroy(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await writer.ready();
    expect(writer.closed).toBe(true);
    writer.line(LARGE);
    await writer.end();
    expect(stream.chunks).toHaveLength(1);
  });

  it('throws what else a stream fails with', async () => {
    const stream = new SlowStream();
    const writer = new LineWriter(stream);
    stream.destroy(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    await new Promise(setImmediate);
    await expect(writer.ready()).rejects.toThrow('no space left');
  });
});
