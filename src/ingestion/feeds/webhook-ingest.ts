import { Inject, Injectable } from '@nestjs/common';
import type { CompiledFeed } from '../../core/feeds/compiled-feed';
import { FeedBatchBuilder } from '../../core/feeds/feed-batch';
import type { WebhookDefinition } from '../../core/feeds/feed-source-definition';
import { FIRST_STATE } from '../../core/feeds/feed-state';
import { PoisonRecordError } from '../../core/errors';
import { PORTS, type Ports } from '../../runtime/ports';
import { notUnderstood } from '../ingest-problems';
import { FEEDS, type FeedCatalog } from './feed-catalog';
import { FEED_OBSERVER, type FeedObserver } from './feed-observer';
import { feedEncoder } from './feed-encoder';
import { ensureFeedTopics } from './feed-topics';
import { unknownWebhook } from './webhook-problems';

export interface WebhookFeed {
  readonly feed: CompiledFeed;
  readonly source: WebhookDefinition;
}

export interface DeliveryAnswer {
  readonly feed: string;
  /** Stored in the topic. */
  readonly records: number;
  /** Left out by `where` or because they came before in the same delivery. */
  readonly dropped: number;
  /** What became dead letters, and why. */
  readonly dead: readonly string[];
}

const MAX_LISTED = 20;

/** Puts deliveries of webhooks into the topics of their feeds. */
@Injectable()
export class WebhookIngest {
  private readonly partitions = new Map<string, Promise<number>>();
  /** Items that each feed has taken in this process: where `round-robin` stands. */
  private readonly seen = new Map<string, number>();

  constructor(
    @Inject(FEEDS) private readonly catalog: FeedCatalog,
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(FEED_OBSERVER) private readonly observer: FeedObserver,
  ) {}

  /** Throws a 404 naming the webhooks there are. */
  webhook(name: string): WebhookFeed {
    const webhooks = this.catalog.feeds.flatMap((feed): WebhookFeed[] => {
      const { source, enabled } = feed.definition.spec;
      return enabled && source.kind === 'webhook' ? [{ feed, source }] : [];
    });
    const found = webhooks.find(({ feed }) => feed.name === name);
    if (found) return found;
    throw unknownWebhook(name, webhooks.map(({ feed }) => feed.name).sort());
  }

  /** Resolves once the log has all that can be a record, and the dead letters the rest. Throws a 400. */
  async store(
    { feed }: WebhookFeed,
    body: unknown,
    headers: Readonly<Record<string, string>>,
  ): Promise<DeliveryAnswer> {
    const { producer, deadLetters, clock } = this.ports;
    const { topic } = feed.definition.spec;
    const answer = { body, headers, page: 0, cursor: null, now: new Date(clock.now()) };
    const seen = this.seen.get(feed.name) ?? 0;
    const encoder = await feedEncoder(feed, this.ports.schemas);
    const builder = new FeedBatchBuilder(feed, { ...FIRST_STATE, seen }, await this.partitionsOf(feed), encoder);
    builder.add(itemsOf(feed, answer), answer);
    const { records, letters, counts, seen: seenNow } = builder.batch();
    this.seen.set(feed.name, seenNow);
    if (letters.length > 0) await deadLetters.write(letters, new AbortController().signal);
    if (records.length > 0) await producer.send(topic, records);
    this.observer.polled(feed.name, 'ok');
    this.observer.stored(feed.name, counts, records.at(-1)?.timestampMs);
    this.observer.succeeded(feed.name, clock.now());
    return {
      feed: feed.name,
      records: counts.records,
      dropped: counts.filtered + counts.duplicates,
      dead: letters.slice(0, MAX_LISTED).map(({ message }) => message),
    };
  }

  /** Makes the topics that are missing, once. */
  private partitionsOf(feed: CompiledFeed): Promise<number> {
    const known = this.partitions.get(feed.name) ?? ensureFeedTopics(feed.definition, this.ports.topics);
    this.partitions.set(feed.name, known);
    known.catch(() => this.partitions.delete(feed.name));
    return known;
  }
}

function itemsOf(feed: CompiledFeed, answer: Parameters<CompiledFeed['itemsOf']>[0]): readonly unknown[] {
  try {
    return feed.itemsOf(answer);
  } catch (thrown) {
    if (thrown instanceof PoisonRecordError) throw notUnderstood(thrown.message);
    throw thrown;
  }
}
