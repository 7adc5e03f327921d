import { randomUUID } from 'node:crypto';

import { createKafka } from '../adapters/kafka/kafka-client';
import { KafkaTopicAdmin } from '../adapters/kafka/kafka-topic-admin';
import { connectRedis, pingRedis } from '../adapters/redis/redis-connection';
import { RedisSavepointStore } from '../adapters/redis/redis-savepoint-store';
import { RedisStateStore } from '../adapters/redis/redis-state-store';
import type { MillraceConfig } from '../config/config';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { sinkName } from '../core/pipeline/sink-name';
import { taskName } from '../core/task/task-id';
import { loadPipeline } from '../runtime/savepoint/load-pipeline';
import { savePipeline } from '../runtime/savepoint/save-pipeline';
import type { SavepointItem, SavepointPorts } from '../runtime/savepoint/savepoint';
import { catalogPipeline } from './catalog-pipeline';
import type { CommandIo } from './command-io';
import { commandLogger } from './command-logger';
import { EXIT } from './exit-codes';
import { readSavepoint, writeSavepoint } from './savepoint/savepoint-file';

export interface SaveOptions {
  readonly to: string;
}

export interface LoadOptions {
  readonly from: string;
  readonly replace?: boolean;
  readonly newGeneration?: boolean;
}

/** Writes the state of a pipeline, which may run, to a file. Throws ConfigError, TransientError. */
export async function saveSavepoint(
  name: string,
  { to }: SaveOptions,
  config: MillraceConfig,
  io: CommandIo,
): Promise<number> {
  const pipeline = await catalogPipeline(name, config);
  return withPorts(config, async (ports) => {
    const saved = new Tally();
    await writeSavepoint(to, saved.of(savePipeline(pipeline, ports)));
    for (const line of saved.lines) io.out(line);
    io.out(`${name}: ${saved.tasks} tasks with ${saved.entries} entries saved to ${to}`);
    tellOfBoards(pipeline, io);
    return EXIT.done;
  });
}

/** Puts a savepoint in force for a stopped pipeline. Throws ConfigError for what does not fit, TransientError. */
export async function loadSavepoint(
  name: string,
  { from, replace = false, newGeneration = false }: LoadOptions,
  config: MillraceConfig,
  io: CommandIo,
): Promise<number> {
  const pipeline = await catalogPipeline(name, config);
  return withPorts(config, async (ports) => {
    const request = { pipeline, load: randomUUID(), replaces: replace, inNewGeneration: newGeneration };
    const { header, generation, tasks } = await loadPipeline({ ...request, read: () => readSavepoint(from) }, ports);
    for (const { id, task } of tasks) io.out(`${taskName(id)}: goes on at offset ${task.progress.nextOffset}`);
    io.out(`${name}: state of ${header.savedAt} is in force, generation ${generation}; start the service`);
    tellOfBoards(pipeline, io);
    return EXIT.done;
  });
}

async function withPorts<T>(config: MillraceConfig, work: (ports: SavepointPorts) => Promise<T>): Promise<T> {
  const topics = new KafkaTopicAdmin(createKafka(config.kafka, commandLogger(config.logLevel)));
  const redis = connectRedis(config.redis);
  try {
    await pingRedis(redis);
    const [stateStore, savepoints] = [new RedisStateStore(redis), new RedisSavepointStore(redis)];
    return await work({ stateStore, savepoints, topics, clock: { now: () => Date.now() } });
  } finally {
    redis.disconnect();
    await topics.close();
  }
}

function tellOfBoards({ sinks, name }: CompiledPipeline, io: CommandIo): void {
  const boards = sinks.filter(({ kind }) => kind === 'redis').map(sinkName);
  if (boards.length === 0) return;
  io.err(
    `${name}: what ${boards.join(', ')} keeps is no state and not in a savepoint; in another Redis it fills again as rows ` +
      'change',
  );
}

/** Counts what passes. */
class Tally {
  readonly lines: string[] = [];
  tasks = 0;
  entries = 0;

  async *of(items: AsyncIterable<SavepointItem>): AsyncGenerator<SavepointItem> {
    for await (const item of items) {
      if (item.kind === 'part' && item.part.kind === 'task') {
        this.tasks += 1;
        this.lines.push(`${taskName(item.id)}: as of offset ${item.part.task.progress.nextOffset}`);
      }
      if (item.kind === 'part' && item.part.kind === 'entries') this.entries += item.part.entries.length;
      yield item;
    }
  }
}
