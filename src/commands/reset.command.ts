import { createKafka } from '../adapters/kafka/kafka-client';
import { KafkaTopicAdmin } from '../adapters/kafka/kafka-topic-admin';
import { topicFollower } from '../adapters/kafka/topic-follower';
import { connectRedis, pingRedis } from '../adapters/redis/redis-connection';
import { RedisStateStore } from '../adapters/redis/redis-state-store';
import type { MillraceConfig } from '../config/config';
import { parseIsoTime } from '../core/decoding/iso-time';
import { ConfigError } from '../core/errors';
import type { BatchConsumer } from '../core/ports/batch-consumer.port';
import { newestRecords } from '../runtime/shuffle/newest-records';
import { resetPipeline, type ResetTarget } from '../runtime/reset-pipeline';
import { catalogPipeline } from './catalog-pipeline';
import type { CommandIo } from './command-io';
import { commandLogger } from './command-logger';
import { EXIT } from './exit-codes';

/** Moves a stopped pipeline of the pipelines folder. Throws ConfigError when it runs, or for an unknown name or place. */
export async function reset(name: string, to: string, config: MillraceConfig, io: CommandIo): Promise<number> {
  const target = targetOf(to);
  const pipeline = await catalogPipeline(name, config);
  const log = commandLogger(config.logLevel);
  const kafka = createKafka(config.kafka, log);
  const topics = new KafkaTopicAdmin(kafka);
  const followerOf = (topic: string): BatchConsumer => topicFollower(kafka, log, topic);
  const redis = connectRedis(config.redis);
  try {
    await pingRedis(redis);
    const ports = {
      ...{ topics, stateStore: new RedisStateStore(redis), clock: { now: () => Date.now() } },
      newestRecords: (topic: string) => newestRecords(topic, { topics, followerOf }),
    };
    const offsets = await resetPipeline(pipeline, target, ports);
    for (const [partition, offset] of offsets) io.out(`${name}/${partition}: begins at offset ${offset}`);
    return EXIT.done;
  } finally {
    redis.disconnect();
    await topics.close();
  }
}

function targetOf(to: string): ResetTarget {
  if (to === 'earliest' || to === 'latest') return to;
  const offsets = offsetsIn(to);
  if (offsets) return { offsets };
  const timestampMs = parseIsoTime(to);
  if (timestampMs !== undefined) return { timestampMs };
  throw new ConfigError(
    `--to ${to}: give earliest, latest, a time such as 2026-01-31T00:00:00Z, or the offset of each partition such as ` +
      'offset:0=12,1=40',
  );
}

/** `offset:0=12,1=40`: partition and offset; `undefined` for anything else. */
function offsetsIn(text: string): ReadonlyMap<number, bigint> | undefined {
  if (!/^offset:\d{1,6}=\d{1,18}(,\d{1,6}=\d{1,18})*$/.test(text)) return undefined;
  const pairs = text
    .slice('offset:'.length)
    .split(',')
    .map((pair) => pair.split('='));
  return new Map(pairs.map(([partition, offset]) => [Number(partition), BigInt(offset!)]));
}
