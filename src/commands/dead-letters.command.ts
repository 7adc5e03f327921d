import { createKafka } from '../adapters/kafka/kafka-client';
import { KafkaRecordProducer } from '../adapters/kafka/kafka-record-producer';
import { KafkaTopicAdmin } from '../adapters/kafka/kafka-topic-admin';
import { KafkaTopicReader } from '../adapters/kafka/kafka-topic-reader';
import { RedisStateStore } from '../adapters/redis/redis-state-store';
import { connectRedis, pingRedis } from '../adapters/redis/redis-connection';
import { RedisOperatorLedger } from '../adapters/redis/redis-operator-ledger';
import { HttpSchemaRegistry } from '../adapters/schema-registry/http-schema-registry';
import { RegistrySchemaCodec } from '../adapters/schema-registry/registry-schema-codec';
import type { MillraceConfig } from '../config/config';
import { parseIsoTime } from '../core/decoding/iso-time';
import { ConfigError } from '../core/errors';
import { lettersJson } from '../runtime/dead-letters/letters-json';
import { listLetters } from '../runtime/dead-letters/list-letters';
import { isObject, type JsonObject } from '../core/task/merge-patch';
import { replayLetters, type ReplayOptions, type ReplayPorts } from '../runtime/dead-letters/replay-letters';
import { catalogPipeline } from './catalog-pipeline';
import type { CommandIo } from './command-io';
import { commandLogger } from './command-logger';
import { EXIT } from './exit-codes';

export interface ListLettersOptions {
  readonly key?: string;
  readonly reason?: string;
  readonly limit: number;
}

export interface ReplayLettersOptions {
  readonly key?: string;
  readonly reason?: string;
  readonly from?: string;
  readonly to?: string;
  readonly patch?: string;
  readonly again?: boolean;
}

/** Of one call; the command goes on until nothing is left. */
const REPLAYED_AT_ONCE = 10_000;

/** Prints dead letters of a pipeline of the pipelines folder, the newest first, one JSON line each. */
export async function listDeadLetters(
  name: string,
  { limit, ...filter }: ListLettersOptions,
  config: MillraceConfig,
  io: CommandIo,
): Promise<number> {
  const pipeline = await catalogPipeline(name, config);
  return withServers(config, async (ports) => {
    let left = limit;
    for (let cursor: Awaited<ReturnType<typeof listLetters>>['cursor']; left > 0;) {
      const options = { ...filter, pipeline: name, limit: Math.min(left, 100), ...(cursor && { cursor }) };
      const page = await listLetters(pipeline, options, ports);
      const shown = await lettersJson(pipeline, page.letters, ports.schemas, Date.now());
      for (const letter of shown) io.out(JSON.stringify(letter));
      left -= page.letters.length;
      cursor = page.cursor;
      if (!cursor) break;
    }
    return EXIT.done;
  });
}

/**
 * Sends dead letters of a pipeline to its source topic again and prints what became of them; 1 if some were left out
 * that nobody has replayed. Throws ConfigError for a time or patch that is none.
 */
export async function replayDeadLetters(
  name: string,
  options: ReplayLettersOptions,
  config: MillraceConfig,
  io: CommandIo,
): Promise<number> {
  const wanted = replayOptions(name, options);
  const pipeline = await catalogPipeline(name, config);
  return withServers(config, async (ports) => {
    let replayed = 0;
    let released = 0;
    for (;;) {
      const { more, ...counts } = await replayLetters(pipeline, wanted, ports);
      replayed += counts.replayed;
      released = Math.max(released, counts.released);
      if (more) continue;
      io.out(
        JSON.stringify({
          pipeline: name,
          ...counts,
          replayed,
          released,
          before: counts.before - replayed + counts.replayed,
        }),
      );
      if (counts.inDoubt > 0) {
        io.err(
          `${counts.inDoubt} letters are in doubt: a replay that ended early may have sent them. ` +
            `Look for them in the source topic (header millrace-replay-of), then use --again if they are not there.`,
        );
      }
      return counts.inDoubt + counts.gone + counts.notPatched > 0 ? EXIT.checkFailed : EXIT.done;
    }
  });
}

async function withServers(config: MillraceConfig, work: (ports: ReplayPorts) => Promise<number>): Promise<number> {
  const kafka = createKafka(config.kafka, commandLogger(config.logLevel));
  const topics = new KafkaTopicAdmin(kafka);
  const topicReader = new KafkaTopicReader(kafka);
  const producer = new KafkaRecordProducer(kafka);
  const redis = connectRedis(config.redis);
  try {
    await pingRedis(redis);
    return await work({
      topics,
      topicReader,
      producer,
      ledger: new RedisOperatorLedger(redis),
      stateStore: new RedisStateStore(redis),
      schemas: new RegistrySchemaCodec(new HttpSchemaRegistry(config.schemaRegistry), { now: () => Date.now() }),
    });
  } finally {
    redis.disconnect();
    await Promise.all([topics.close(), topicReader.close(), producer.close()]);
  }
}

function replayOptions(pipeline: string, { from, to, patch, again, ...filter }: ReplayLettersOptions): ReplayOptions {
  return {
    ...{ ...filter, pipeline, limit: REPLAYED_AT_ONCE, again: again === true },
    ...(from !== undefined && { fromMs: timeOf('--from', from) }),
    ...(to !== undefined && { toMs: timeOf('--to', to) }),
    ...(patch !== undefined && { patch: patchOf(patch) }),
  };
}

function timeOf(option: string, text: string): number {
  const ms = parseIsoTime(text);
  if (ms !== undefined) return ms;
  throw new ConfigError(`${option} ${text}: give a time such as 2026-01-31T00:00:00Z`);
}

function patchOf(text: string): JsonObject {
  const refused = new ConfigError(`--patch ${text}: give a JSON object such as {"pm25":12}; null takes a field away`);
  try {
    const patch: unknown = JSON.parse(text);
    if (isObject(patch)) return patch;
  } catch {
    throw refused;
  }
  throw refused;
}
