import { createKafka } from '../../adapters/kafka/kafka-client';
import { isUnauthorized } from '../../adapters/kafka/kafka-errors';
import { retentionOf } from '../../adapters/kafka/kafka-facts';
import { authorizedOperations } from '../../adapters/kafka/kafkajs/authorized-operations';
import { KafkaTopicAdmin } from '../../adapters/kafka/kafka-topic-admin';
import { connectRedis, isForbidden, pingRedis } from '../../adapters/redis/redis-connection';
import { RedisStateStore } from '../../adapters/redis/redis-state-store';
import type { MillraceConfig } from '../../config/config';
import { messageOf } from '../../core/errors';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import { silentLog } from '../../core/ports/log.port';
import { type Finding, warning } from './finding';
import { placeFindings, type PlacePorts } from './place-findings';

/**
 * What lies in Kafka and Redis together. Throws TransientError when one of them does not answer; what this user may not ask is a
 * finding.
 */
export async function askPlaces(
  config: MillraceConfig,
  pipelines: readonly CompiledPipeline[],
): Promise<readonly Finding[]> {
  const kafka = createKafka(config.kafka, silentLog);
  const topics = new KafkaTopicAdmin(kafka);
  const redis = connectRedis(config.redis);
  try {
    // Waits for the connection, whatever the user may ask.
    await pingRedis(redis).catch((thrown: unknown) => {
      if (!isForbidden(thrown)) throw thrown;
    });
    const sources = pipelines.map(({ definition }) => definition.spec.source.topic);
    const retention = await retentionOf(kafka, sources);
    const retentionMsOf = (topic: string): number | undefined => retention.get(topic);
    const groups = pipelines.map(({ name }) => name);
    const rights = await authorizedOperations(kafka, [], groups);
    const ports = { stateStore: new RedisStateStore(redis), topics, nowMs: Date.now(), retentionMsOf };
    const shown = pipelines.filter(({ name }) => rights.groups.get(name)?.has('DESCRIBE') !== false);
    const hidden = pipelines.filter((each) => !shown.includes(each));
    return [
      ...hidden.map((each) => notTold(each, `group ${each.name} is not shown to this user`)),
      ...(await Promise.all(shown.map((each) => findingsOf(each, ports)))).flat(),
    ];
  } finally {
    redis.disconnect();
    await topics.close();
  }
}

async function findingsOf(pipeline: CompiledPipeline, ports: PlacePorts): Promise<readonly Finding[]> {
  try {
    return await placeFindings(pipeline, ports);
  } catch (thrown) {
    if (!isForbidden(thrown) && !isUnauthorized(thrown)) throw thrown;
    return [notTold(pipeline, messageOf(thrown))];
  }
}

function notTold({ name }: CompiledPipeline, why: string): Finding {
  const text = `cannot be compared with the log: ${why}`;
  return warning(`checkpoints of ${name}`, text, 'give the user the rights that are named above');
}
