import { matchesKey } from '../api/key-match';
import type { LiveFeed } from '../core/ports/live-feed.port';
import type { Row } from '../core/row/row';
import { rowText } from '../core/row/row-json';
import { ConflatingQueue } from './conflating-queue';
import { replayFeed } from './feed-replay';
import type { ParsedEntry } from './feed-row';
import { FeedVector } from './feed-vector';
import type { FeedSubscriber, PipelineFeed } from './pipeline-feed';
import type { SseStream } from './sse-stream';

export interface Snapshot {
  readonly rows: readonly Row[];
  /** Present when there are more rows than the client asked for: `/rows` goes on from it. */
  readonly cursor?: string;
}

export interface LiveClientOptions {
  readonly pipeline: string;
  readonly stream: SseStream;
  readonly shared: PipelineFeed;
  readonly feed: LiveFeed;
  /** Wanted texts of key fields; empty for all. */
  readonly key: ReadonlyMap<string, string>;
  readonly lastEventId: string | undefined;
  snapshot(): Promise<Snapshot>;
  onTrouble(error: unknown): void;
}

export const RETRY_MS = 1_000;
const MAX_WAITING_ROWS = 5_000;
/** Heartbeats in a row that found the client not reading. */
const MAX_BLOCKED_BEATS = 4;

/**
 * One client of `/live`: a snapshot, or what it has missed since its last event, then changes as they are committed.
 *
 * ```
 *   open ──▶ snapshot or replay ──▶ flowing ◀──▶ blocked (rows wait in the queue, conflated)
 *                 ▲                     │
 *                 └─ too many waited, or the feed began anew
 * ```
 */
export class LiveClient implements FeedSubscriber {
  /** Between joining and the head of the stream there may be entries, resets and beats; nothing is sent yet. */
  private isOpen = false;
  private readonly queue = new ConflatingQueue(FeedVector.of(0n, new Map()), MAX_WAITING_ROWS);
  /** Snapshots and replays, one after the other; the queue waits for them. */
  private steps: Promise<void> = Promise.resolve();
  private stepsLeft = 0;
  private blockedBeats = 0;

  constructor(private readonly options: LiveClientOptions) {}

  /** Throws TransientError while nothing is sent yet; later trouble ends the stream, and the client comes back. */
  async open(): Promise<void> {
    const { stream, shared, lastEventId } = this.options;
    await shared.join(this);
    stream.onClose(() => shared.leave(this));
    if (stream.isClosed) return shared.leave(this);
    stream.open(RETRY_MS);
    this.isOpen = true;
    const position = this.queue.position;
    const last = lastEventId === undefined ? undefined : FeedVector.parse(lastEventId);
    await this.sendFirst(async () => {
      if (!last || !(await this.replay(last, position))) await this.sendSnapshot(position);
    });
  }

  onJoined(position: FeedVector): void {
    this.queue.restart(position);
  }

  onEntries(entries: readonly ParsedEntry[]): void {
    const { key } = this.options;
    for (const entry of entries) {
      this.queue.push(entry, key.size === 0 ? entry.rows : entry.rows.filter((row) => matchesKey(row.key, key)));
    }
    this.flush();
  }

  onReset(position: FeedVector): void {
    this.queue.restart(position);
    if (this.isOpen) void this.sendFirst(() => this.sendSnapshot(position));
  }

  /** To be called at regular intervals. */
  beat(): void {
    const { stream } = this.options;
    this.blockedBeats = stream.isBlocked ? this.blockedBeats + 1 : 0;
    if (this.blockedBeats >= MAX_BLOCKED_BEATS) stream.close();
    else if (this.isOpen && this.stepsLeft === 0 && this.queue.isEmpty)
      stream.heartbeat(this.queue.position.toString());
  }

  close(): void {
    this.options.stream.close();
  }

  private async replay(after: FeedVector, upTo: FeedVector): Promise<boolean> {
    const { pipeline, feed, stream, key } = this.options;
    const span = replayFeed(feed, { pipeline, after, upTo });
    let read = after;
    for (let step = await span.next(); ; step = await span.next()) {
      if (step.done) return step.value === 'complete';
      for (const { partition, id, rows } of step.value) {
        read = read.with(partition, id);
        const wanted = rows.filter((row) => matchesKey(row.key, key));
        if (wanted.length > 0)
          this.send(
            'rows',
            read,
            wanted.map(({ text }) => text),
          );
      }
      await stream.ready();
      if (stream.isClosed) return true;
    }
  }

  private async sendSnapshot(position: FeedVector): Promise<void> {
    const { rows, cursor } = await this.options.snapshot();
    this.send('snapshot', position, rows.map(rowText), cursor);
  }

  /** Sends what `step` has to, after earlier steps and before what waits in the queue. */
  private sendFirst(step: () => Promise<void>): Promise<void> {
    this.stepsLeft++;
    this.steps = this.steps
      .then(step)
      .catch((error: unknown) => {
        this.options.onTrouble(error);
        this.close();
      })
      .then(() => {
        this.stepsLeft--;
        this.options.stream.whenReady(() => this.flush());
      });
    return this.steps;
  }

  private flush(): void {
    const { stream } = this.options;
    if (!this.isOpen || this.stepsLeft > 0 || stream.isBlocked || stream.isClosed) return;
    if (this.queue.overflowed) {
      this.onReset(this.queue.position);
      return;
    }
    if (this.queue.isEmpty) return;
    const { rows, vector } = this.queue.take();
    this.send(
      'rows',
      vector,
      rows.map(({ text }) => text),
    );
    if (stream.isBlocked) stream.whenReady(() => this.flush());
  }

  private send(event: string, vector: FeedVector, rows: readonly string[], cursor?: string): void {
    const rest = cursor === undefined ? '' : `,"cursor":${JSON.stringify(cursor)}`;
    this.options.stream.send({ event, id: vector.toString(), data: `{"rows":[${rows.join(',')}]${rest}}` });
  }
}
