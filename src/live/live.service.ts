import { type BeforeApplicationShutdown, HttpStatus, Inject, Injectable, Logger } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { CommittedTasks } from '../api/committed-tasks';
import { ProblemException, problemType } from '../api/problem-details';
import type { RowParameters } from '../api/row-parameters';
import { RowsService } from '../api/rows.service';
import { messageOf } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { type Ports, PORTS } from '../runtime/ports';
import { LiveClient, type Snapshot } from './live-client';
import { PipelineFeed } from './pipeline-feed';
import { SseStream } from './sse-stream';

export interface LiveRequest {
  readonly pipeline: CompiledPipeline;
  readonly wanted: RowParameters;
  readonly lastEventId: string | undefined;
}

const HEARTBEAT_MS = 15_000;
const MAX_CLIENTS = 1_000;

/** The clients of `/live` in this process. */
@Injectable()
export class LiveService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('live');
  private readonly feeds = new Map<string, PipelineFeed>();
  private readonly clients = new Set<LiveClient>();
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
  async serve({ pipeline, wanted, lastEventId }: LiveRequest, response: ServerResponse): Promise<void> {
    if (this.closing || this.clients.size >= MAX_CLIENTS) throw noRoom();
    const client = new LiveClient({
      pipeline: pipeline.name,
      stream: new SseStream(response),
      shared: this.feedOf(pipeline),
      feed: this.ports.liveFeed,
      key: wanted.key,
      lastEventId,
      snapshot: () => this.snapshot(pipeline, wanted),
      onTrouble: (error) =>
        this.logger.warn({ event: 'live.client-dropped', pipeline: pipeline.name, reason: messageOf(error) }),
    });
    this.clients.add(client);
    response.once('close', () => this.clients.delete(client));
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

  private async snapshot(pipeline: CompiledPipeline, wanted: RowParameters): Promise<Snapshot> {
    if (wanted.limit === 0) return { rows: [] };
    const { rows, cursor } = await this.rows.page(pipeline, wanted);
    return cursor === undefined ? { rows } : { rows, cursor };
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
