import { type BeforeApplicationShutdown, HttpStatus, Inject, Injectable, Logger } from '@nestjs/common';
import { CommittedTasks } from '../api/committed-tasks';
import { ProblemException, problemType } from '../api/problem-details';
import type { RowParameters } from '../api/row-parameters';
import { RowsService } from '../api/rows.service';
import { messageOf } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { rowText } from '../core/row/row-json';
import { type Ports, PORTS } from '../runtime/ports';
import { LiveClient, type Snapshot } from './live-client';
import { PipelineFeed } from './pipeline-feed';
import { SharedReads } from './shared-reads';
import type { LiveRequest } from './live-request';
import type { LiveOutlet } from './live-outlet';

const HEARTBEAT_MS = 15_000;
/** A socket counts with each of its subscriptions. */
const MAX_CLIENTS = 10_000;

/** The clients of `/live` in this process. */
@Injectable()
export class LiveService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('live');
  private readonly feeds = new Map<string, PipelineFeed>();
  private readonly clients = new Set<LiveClient>();
  private readonly snapshots = new SharedReads<Snapshot>();
  private readonly heart: NodeJS.Timeout;
  private closing = false;

  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    private readonly committed: CommittedTasks,
    private readonly rows: RowsService,
  ) {
    this.heart = setInterval(() => this.clients.forEach((client) => client.beat()), HEARTBEAT_MS);
    this.heart.unref();
  }

  /** Resolves once the client has its first event. Throws a 503, or TransientError, while nothing is sent yet. */
  async serve({ pipeline, wanted, everyMs, lastEventId }: LiveRequest, outlet: LiveOutlet): Promise<void> {
    if (this.closing || this.clients.size >= MAX_CLIENTS) throw noRoom();
    const client = new LiveClient({
      pipeline: pipeline.name,
      outlet,
      shared: this.feedOf(pipeline),
      feed: this.ports.liveFeed,
      key: wanted.key,
      everyMs,
      lastEventId,
      snapshot: () => this.snapshot(pipeline, wanted),
      onTrouble: (error) =>
        this.logger.warn({ event: 'live.client-dropped', pipeline: pipeline.name, reason: messageOf(error) }),
    });
    this.clients.add(client);
    outlet.onClose(() => this.clients.delete(client));
    try {
      await client.open();
    } catch (error) {
      this.clients.delete(client);
      throw error;
    }
  }

  /** Ends all streams, so that the server can close; clients resume at another replica. */
  beforeApplicationShutdown(): void {
    this.closing = true;
    clearInterval(this.heart);
    this.clients.forEach((client) => client.close());
    this.feeds.forEach((feed) => feed.stop());
  }

  /** Read after it was asked for, and once for all who ask for the same meanwhile. */
  private snapshot(pipeline: CompiledPipeline, wanted: RowParameters): Promise<Snapshot> {
    if (wanted.limit === 0) return Promise.resolve({ rows: [] });
    const identity = JSON.stringify([pipeline.name, [...wanted.key], wanted.fromMs, wanted.toMs, wanted.limit]);
    return this.snapshots.read(identity, async () => {
      const { rows, cursor } = await this.rows.page(pipeline, wanted);
      const texts = rows.map(rowText);
      return cursor === undefined ? { rows: texts } : { rows: texts, cursor };
    });
  }

  private feedOf(pipeline: CompiledPipeline): PipelineFeed {
    let feed = this.feeds.get(pipeline.name);
    if (!feed) {
      feed = new PipelineFeed(pipeline, this.committed, this.ports.liveFeed);
      this.feeds.set(pipeline.name, feed);
    }
    return feed;
  }
}

function noRoom(): ProblemException {
  return new ProblemException({
    type: problemType('no-room'),
    title: 'No more live clients are taken here',
    status: HttpStatus.SERVICE_UNAVAILABLE,
    detail: `This process serves at most ${MAX_CLIENTS} live clients, and none while it shuts down; another may have room.`,
  });
}
