import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';

/** One event of a stream of rows. */
export class SseEvent {
  constructor(
    readonly event: string,
    readonly id: string,
    readonly data: {
      readonly rows: readonly { readonly values?: Record<string, unknown> }[];
      readonly cursor?: string;
    },
  ) {}

  values(name: string): readonly unknown[] {
    return this.data.rows.map(({ values }) => values?.[name]);
  }
}

/** Reads server-sent events one by one, as a browser would. */
export class SseReader {
  retryMs: number | undefined;
  /** Resolves when the server ends the stream. */
  readonly ended: Promise<void>;
  private buffer = '';
  private readonly events: SseEvent[] = [];
  private wake: (() => void) | undefined;

  private constructor(private readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.take(text));
    response.on('error', () => undefined);
    this.ended = new Promise((resolve) => response.once('close', resolve));
  }

  /** Resolves after the first block of the stream, which says when to come back. */
  static async open(url: string, lastEventId?: string): Promise<SseReader> {
    const headers = lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId };
    const [response] = (await once(get(url, { headers }), 'response')) as [IncomingMessage];
    if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
    const reader = new SseReader(response);
    while (reader.retryMs === undefined) await reader.woken();
    return reader;
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
    const data = fields.get('data');
    if (data === undefined) return;
    this.events.push(
      new SseEvent(fields.get('event') ?? '', fields.get('id') ?? '', JSON.parse(data) as SseEvent['data']),
    );
  }
}
