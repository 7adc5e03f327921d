import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { messageOf } from '../../core/errors';
import type { CompiledFeed } from '../../core/feeds/compiled-feed';
import type { Language } from '../../core/pipeline/language';
import type { Log } from '../../core/ports/log.port';
import type { Ports } from '../../runtime/ports';
import { AbortedError, retryTransient } from '../../runtime/retry';
import type { FeedCatalog } from './feed-catalog';
import type { FeedObserver } from './feed-observer';
import type { FeedSource } from './feed-source';
import { FeedRunner } from './feed-runner';
import { feedEncoder } from './feed-encoder';
import { ensureFeedTopics } from './feed-topics';
import { openSource } from './open-source';

export interface FeedsServiceOptions {
  readonly catalog: FeedCatalog;
  readonly language: Language;
  readonly ports: Ports;
  readonly observer: FeedObserver;
  readonly log: Log;
}

/** Runs the feeds that fetch, each by itself, in every process of the role `ingest`; their leases say who polls. */
export class FeedsService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly runners = new Set<FeedRunner>();
  private running: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: FeedsServiceOptions) {}

  onApplicationBootstrap(): void {
    const { feeds } = this.options.catalog;
    const fetching = feeds.filter(({ definition: { spec } }) => spec.enabled && spec.source.kind !== 'webhook');
    this.running = Promise.all(fetching.map((feed) => this.runOne(feed)));
  }

  /** Finishes what is being committed and gives the leases back, so that another process goes on at once. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    for (const runner of this.runners) runner.stop();
    await this.running;
  }

  /** Never rejects. */
  private async runOne(feed: CompiledFeed): Promise<void> {
    const { ports, observer, log } = this.options;
    observer.enabled(feed.name);
    try {
      const partitions = await this.topicsOf(feed);
      const runner = new FeedRunner({
        ...{ feed, partitions, observer, log, openSource: () => this.sourceOf(feed) },
        encoder: () => feedEncoder(feed, ports.schemas),
        ...{ ledger: ports.feedLedger, feedLog: ports.feedLog, deadLetters: ports.deadLetters, clock: ports.clock },
        holder: ports.liveness?.process ?? 'this process',
      });
      this.runners.add(runner);
      if (this.stopping.signal.aborted) runner.stop();
      await runner.run();
    } catch (thrown) {
      if (thrown instanceof AbortedError) return;
      log.error({ event: 'feed.failed', feed: feed.name }, `Feed ${feed.name} failed: ${messageOf(thrown)}`);
    }
  }

  private sourceOf(feed: CompiledFeed): FeedSource {
    return openSource(feed, this.options.language, this.options.ports.clock)!;
  }

  /** Makes the topics that are missing; resolves with the number of partitions. */
  private topicsOf(feed: CompiledFeed): Promise<number> {
    const ensure = (): Promise<number> => ensureFeedTopics(feed.definition, this.options.ports.topics);
    const onFailure = (reason: string): void =>
      this.options.log.warn({ event: 'feed.waiting', feed: feed.name, reason }, `Feed ${feed.name} waits: ${reason}`);
    return retryTransient(ensure, { signal: this.stopping.signal, onFailure });
  }
}
