import { isDeepStrictEqual } from 'node:util';

import type { RowJson } from '../../src/core/row/row-json';
import type { ServiceProcess } from './service';
import { RefusedStream, type SseEvent, SseReader } from './sse-reader';
import { waitUntil } from './wait-until';

/**
 * A client of `GET /v1/pipelines/{name}/live` that outlives services. It begins with a snapshot; when a stream ends, it
 * goes on after the last id that it read, at the service that `current` gives by then.
 */
export class LiveFollower {
  /** Streams that were opened. */
  streams = 0;
  snapshots = 0;
  /** Revisions that came again with other values. */
  readonly contradictions: string[] = [];
  private newest = new Map<string, RowJson>();
  private readonly versions = new Map<string, RowJson['values']>();
  private lastEventId: string | undefined;
  private reader: SseReader | undefined;
  private closed = false;
  private failure: Error | undefined;
  private readonly ended: Promise<void>;

  constructor(
    private readonly pipeline: string,
    private readonly current: () => ServiceProcess,
  ) {
    this.ended = this.follow().catch((error: Error) => {
      this.failure = error;
    });
  }

  /** The newest version of each row, as the feed gave it. Throws what ended the following. */
  rows(): readonly RowJson[] {
    if (this.failure) throw this.failure;
    return [...this.newest.values()];
  }

  async close(): Promise<void> {
    this.closed = true;
    this.reader?.close();
    await this.ended;
  }

  private async follow(): Promise<void> {
    for (let reader = await this.open(); reader; reader = await this.open()) {
      this.reader = reader;
      this.streams++;
      for await (const event of reader.all()) await this.take(event);
      this.lastEventId = reader.lastEventId ?? this.lastEventId;
    }
  }

  /** `null` once the follower is closed. A service that dies, starts or stops is asked again. */
  private open(): Promise<SseReader | null> {
    return waitUntil(`a service gives the live feed of ${this.pipeline}`, async () => {
      if (this.closed) return null;
      const url = `${this.current().url}/v1/pipelines/${this.pipeline}/live`;
      const reader = await SseReader.open(url, this.lastEventId).catch(unlessRefused);
      if (!this.closed) return reader;
      reader?.close();
      return null;
    });
  }

  private async take({ event, data }: SseEvent): Promise<void> {
    if (event === 'snapshot') {
      this.snapshots++;
      this.newest = new Map();
    }
    data.rows.forEach((row) => this.keep(row));
    let { cursor } = data;
    while (cursor !== undefined && !this.closed) {
      const page = await this.page(cursor);
      page.rows.forEach((row) => this.keep(row));
      cursor = page.cursor;
    }
  }

  /** What of a snapshot did not go into its event. */
  private page(cursor: string): Promise<SseEvent['data']> {
    const path = `/v1/pipelines/${this.pipeline}/rows?limit=1000&cursor=${encodeURIComponent(cursor)}`;
    return waitUntil(`a service answers ${path}`, () =>
      this.closed
        ? { rows: [] }
        : this.current()
            .json<SseEvent['data']>(path)
            .catch(() => undefined),
    );
  }

  private keep(row: RowJson): void {
    const identity = JSON.stringify([row.key, row.window?.start]);
    const version = `${identity} ${row.revision}`;
    const known = this.versions.get(version);
    if (known && !isDeepStrictEqual(known, row.values)) {
      this.contradictions.push(`${version}: ${JSON.stringify(known)}, then ${JSON.stringify(row.values)}`);
    }
    this.versions.set(version, row.values);
    const held = this.newest.get(identity);
    if (!held || BigInt(row.revision) > BigInt(held.revision)) this.newest.set(identity, row);
  }
}

/** A cut or refused connection, and 503, pass; any other answer is a fault. */
function unlessRefused(error: unknown): undefined {
  if (error instanceof RefusedStream && error.status !== 503) throw error;
  return undefined;
}
