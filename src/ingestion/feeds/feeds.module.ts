import { Module } from '@nestjs/common';
import { LOG } from '../../config/log-token';
import type { Log } from '../../core/ports/log.port';
import { FeedMetrics } from '../../metrics/feed-metrics';
import { PrometheusObserver } from '../../metrics/prometheus-observer';
import { type Pipelines, PIPELINES } from '../../runtime/pipelines';
import { PORTS, type Ports } from '../../runtime/ports';
import { IngestionModule } from '../ingestion.module';
import { FEEDS, type FeedCatalog } from './feed-catalog';
import { FEED_OBSERVER, type FeedObserver } from './feed-observer';
import { FeedsController } from './feeds.controller';
import { FeedsService } from './feeds.service';
import { WebhookController } from './webhook.controller';
import { WebhookIngest } from './webhook-ingest';

/** `GET /v1/feeds`. Needs `FEEDS` and `PORTS`. */
@Module({ controllers: [FeedsController] })
export class FeedViewsModule {}

/** Runs feeds and takes webhooks. Needs `FEEDS`, `PIPELINES`, `PORTS`, `LOG` and the metrics' registry. */
@Module({
  imports: [IngestionModule],
  controllers: [WebhookController],
  providers: [
    WebhookIngest,
    {
      provide: FEED_OBSERVER,
      useFactory: ({ meters }: PrometheusObserver, { clock }: Ports) => new FeedMetrics(meters, () => clock.now()),
      inject: [PrometheusObserver, PORTS],
    },
    {
      provide: FeedsService,
      useFactory: (catalog: FeedCatalog, pipelines: Pipelines, ports: Ports, observer: FeedObserver, log: Log) =>
        new FeedsService({ catalog, language: pipelines.language, ports, observer, log }),
      inject: [FEEDS, PIPELINES, PORTS, FEED_OBSERVER, LOG],
    },
  ],
})
export class FeedsModule {}
