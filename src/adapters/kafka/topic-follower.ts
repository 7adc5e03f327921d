import { randomUUID } from 'node:crypto';

import type { Kafka } from 'kafkajs';
import type { BatchConsumer } from '../../core/ports/batch-consumer.port';
import type { Log } from '../../core/ports/log.port';
import { KafkaBatchConsumer } from './kafka-batch-consumer';

/** Brokers with access control have to let the service be in the groups whose names begin so. */
const GROUP_PREFIX = 'millrace-lookup';
const CONCURRENCY = 8;

/** A consumer of the whole of a topic for this process alone. A group without offsets is gone once its only member is. */
export function topicFollower(kafka: Kafka, log: Log, topic: string): BatchConsumer {
  return new KafkaBatchConsumer({
    ...{ kafka, log, topic },
    groupId: `${GROUP_PREFIX}-${randomUUID()}`,
    concurrency: CONCURRENCY,
  });
}
