import type { INestApplication } from '@nestjs/common';
import type { KafkaOptions } from '@nestjs/microservices';
import type { MillraceConfig } from '../config/config';
import type { Log } from '../core/ports/log.port';
import type { ProcessingService } from '../processing/processing.service';
import type { Ports } from '../runtime/ports';
import { QueryTransport } from './query-transport';

const PARTITIONS = 4;
/** As Nest's client has it. */
const REPLY_SUFFIX = '.reply';

type SaslOptions = NonNullable<NonNullable<NonNullable<KafkaOptions['options']>['client']>['sasl']>;

export interface QueryParts {
  readonly config: MillraceConfig;
  readonly ports: Pick<Ports, 'topics'>;
  readonly processing: Pick<ProcessingService, 'servers'>;
  readonly log: Log;
}

/** Lets questions in from `MILLRACE_QUERY_TOPIC`, if that is set and there is a Kafka. */
export function connectQueries(app: INestApplication, { config, ports, processing, log }: QueryParts): void {
  const { topic } = config.queries;
  if (topic === undefined) return;
  if (config.mode === 'embedded') {
    const message = 'MILLRACE_QUERY_TOPIC has no meaning in embedded mode: there is no Kafka';
    return log.warn({ event: 'query.refused' }, message);
  }
  const { brokers, clientId, ssl, sasl } = config.kafka;
  const topics = [topic, topic + REPLY_SUFFIX];
  const strategy = new QueryTransport({
    ...{ topic, replyTopic: topic + REPLY_SUFFIX, log },
    kafka: {
      client: {
        ...{ brokers: [...brokers], clientId },
        ...(ssl && { ssl: definedOnly(ssl) }),
        ...(sasl && { sasl: { ...sasl } as SaslOptions }),
      },
      consumer: { groupId: `${clientId}.queries` },
      run: { partitionsConsumedConcurrently: PARTITIONS },
      producer: { allowAutoTopicCreation: false },
    },
    prepare: async () => {
      await processing.servers();
      await ports.topics.ensure(
        topics.map((name) => ({ topic: name, partitions: PARTITIONS, purpose: 'output' as const })),
      );
    },
  });
  app.connectMicroservice({ strategy });
}

function definedOnly<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;
}
