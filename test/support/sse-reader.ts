import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';

import type { RowJson } from '../../src/core/row/row-json';

/** One event of a stream of rows. */
export class SseEvent {
  constructor(
    readonly event: string,
    readonly id: string,
    readonly data: { readonly rows: readonly RowJson[]; readonly cursor?: string },
  ) {}

  values(name: string): readonly unknown[] {
    return this.data.rows.map(({ values }) => values?.[name]);
  }
}

/** The server answered with something other than a stream. */
export class RefusedStream extends Error {
  constructor(
    readonly status: number | undefined,
    url: string,
  ) {
    super(`${url}: status ${status}`);
  }
}

/** Reads server-sent events one by one, as a browser would. */
export class SseReader {
  retryMs: number | undefined;
  /** Of the last event or heartbeat that arrived whole. */
  lastEventId: string | undefined;
  /** Resolves when the server ends the stream. */
  readonly ended: Promise<void>;
  private buffer = '';
  private readonly events: SseEvent[] = [];
  private hasEnded = false;
  private wake: (() => void) | undefined;

  private constructor(private readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.take(text));
    response.on('error', () => undefined);
    this.ended = new Promise((resolve) => response.once('close', resolve));
    response.once('close', () => {
      this.hasEnded = true;
      this.wake?.();
    });
  }

  /** Resolves after the first block of the stream, which says when to come back. Throws {@link RefusedStream}. */
  static async open(url: string, lastEventId?: string): Promise<SseReader> {
    const headers = lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId };
    const [response] = (await once(get(url, { headers }), 'response')) as [IncomingMessage];
    if (response.statusCode !== 200) {
      response.resume();
      throw new RefusedStream(response.statusCode, url);
    }
    const reader = new SseReader(response);
    while (reader.retryMs === undefined) {
      if (reader.hasEnded) throw new Error(`${url}: the stream ended before it began`);
      await reader.woken();
    }
    return reader;
  }

  /** The events to the end of the stream. */
  async *all(): AsyncGenerator<SseEvent> {
    for (;;) {
      const event = this.events.shift();
      if (event) yield event;
      else if (this.hasEnded) return;
      else await this.woken();
    }
  }

  async next(): Promise<SseEvent> {
    for (;;) {
      const event = this.events.shift();
      if (event) return event;
      await this.woken();
    }
  }

  close(): void {
    this.response.destroy();
  }

  private woken(): Promise<void> {
    return new Promise((resolve) => (this.wake = resolve));
  }

  private take(text: string): void {
    this.buffer += text;
    const blocks = this.buffer.split('\n\n');
    this.buffer = blocks.pop() ?? '';
    for (const block of blocks) this.takeBlock(block);
    this.wake?.();
  }

  private takeBlock(block: string): void {
    const fields = new Map(block.split('\n').map((line) => [line.split(': ')[0], line.slice(line.indexOf(': ') + 2)]));
    if (fields.has('retry')) this.retryMs = Number(fields.get('retry'));
    this.lastEventId = fields.get('id') ?? this.lastEventId;
    const data = fields.get('data');
    if (data === undefined) return;
    this.events.push(
      new SseEvent(fields.get('event') ?? '', fields.get('id') ?? '', JSON.parse(data) as SseEvent['data']),
    );
  }
}
