import { matchesKey } from '../api/key-match';
import type { LiveFeed } from '../core/ports/live-feed.port';
import { ConflatingQueue } from './conflating-queue';
import { replayFeed } from './feed-replay';
import type { ParsedEntry } from './feed-row';
import { FeedVector } from './feed-vector';
import type { FeedSubscriber, PipelineFeed } from './pipeline-feed';
import type { LiveEvent, LiveOutlet } from './live-outlet';

export interface Snapshot {
  /** As `rowText` makes them. */
  readonly rows: readonly string[];
  /** Present when there are more rows than the client asked for: `/rows` goes on from it. */
  readonly cursor?: string;
}

export interface LiveClientOptions {
  readonly pipeline: string;
  readonly outlet: LiveOutlet;
  readonly shared: PipelineFeed;
  readonly feed: LiveFeed;
  /** Wanted texts of key fields; empty for all. */
  readonly key: ReadonlyMap<string, string>;
  /** At least so long between two events of changes; 0 for none. */
  readonly everyMs: number;
  readonly lastEventId: string | undefined;
  snapshot(): Promise<Snapshot>;
  onTrouble(error: unknown): void;
}

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
  /** Runs while no event may follow yet. */
  private pause: NodeJS.Timeout | undefined;

  constructor(private readonly options: LiveClientOptions) {}

  /** Throws TransientError while nothing is sent yet; later trouble ends the stream, and the client comes back. */
  async open(): Promise<void> {
    const { outlet, shared, lastEventId } = this.options;
    await shared.join(this);
    outlet.onClose(() => {
      clearTimeout(this.pause);
      shared.leave(this);
    });
    if (outlet.isClosed) return shared.leave(this);
    outlet.open();
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
    const { outlet } = this.options;
    this.blockedBeats = outlet.isBlocked ? this.blockedBeats + 1 : 0;
    if (this.blockedBeats >= MAX_BLOCKED_BEATS) outlet.close();
    else if (this.isOpen && this.stepsLeft === 0 && this.queue.isEmpty)
      outlet.heartbeat(this.queue.position.toString());
  }

  close(): void {
    this.options.outlet.close();
  }

  private async replay(after: FeedVector, upTo: FeedVector): Promise<boolean> {
    const { pipeline, feed, outlet, key } = this.options;
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
      await outlet.ready();
      if (outlet.isClosed) return true;
    }
  }

  private async sendSnapshot(position: FeedVector): Promise<void> {
    const { rows, cursor } = await this.options.snapshot();
    this.send('snapshot', position, rows, cursor);
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
        this.options.outlet.whenReady(() => this.flush());
      });
    return this.steps;
  }

  private flush(): void {
    const { outlet } = this.options;
    if (!this.isOpen || this.stepsLeft > 0 || this.pause || outlet.isBlocked || outlet.isClosed) return;
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
    this.holdBack();
    if (outlet.isBlocked) outlet.whenReady(() => this.flush());
  }

  private holdBack(): void {
    const { everyMs, outlet } = this.options;
    if (everyMs === 0 || outlet.isClosed) return;
    this.pause = setTimeout(() => {
      this.pause = undefined;
      this.flush();
    }, everyMs);
  }

  private send(event: LiveEvent['event'], vector: FeedVector, rows: readonly string[], cursor?: string): void {
    this.options.outlet.send({ event, id: vector.toString(), rows, cursor });
  }
}
