import { Cluster } from 'ioredis';

import { ConfigError, FencedError } from '../../core/errors';
import type { RebuildStore } from '../../core/ports/rebuild-store.port';
import type { Deployment } from '../../core/ports/state-store.port';
import { tasksOf } from '../../core/repartition/names';
import { shadowOf } from '../../core/task/task-id';
import { type ScriptedRedis, withScripts } from './redis-commands';
import { attempt, type RedisClient } from './redis-connection';
import { deploymentFields, dropShadow } from './redis-deployments';
import { deploymentKey, segmentKey, taskKeys } from './redis-keys';

/**
 * Rebuilds beside the state of RedisStateStore. The swap changes the keys of all partitions in one script, which a single
 * Redis does, with or without Sentinel.
 */
export class RedisRebuildStore implements RebuildStore {
  private readonly redis: ScriptedRedis;

  constructor(redis: RedisClient) {
    this.redis = withScripts(redis);
  }

  async begin(pipeline: string, generation: bigint, partitions: number): Promise<void> {
    if (this.redis instanceof Cluster) {
      throw new ConfigError(
        `${pipeline} cannot be rebuilt on a Redis Cluster, which cannot put all its tasks' state in force in one step. ` +
          `Stop it and start it anew with: millrace reset ${pipeline} --to earliest; or give the new version another name`,
      );
    }
    await attempt(`begin the rebuild of ${pipeline}`, async () => {
      const before = await this.redis.hget(deploymentKey(pipeline), 'rebuilding');
      await this.redis.hset(deploymentKey(pipeline), 'rebuilding', generation.toString());
      if (before !== null) await dropShadow(this.redis, { pipeline, generation: before, partitions });
    });
  }

  async swap(pipeline: string, next: Deployment, partitions: number): Promise<void> {
    const keys = [deploymentKey(pipeline)];
    const prefixes: string[] = [];
    for (const inForce of tasksOf(pipeline, partitions)) {
      for (const id of [inForce, shadowOf(inForce, next.generation)]) {
        const { task, segments, pending, feed } = taskKeys(id);
        keys.push(task, segments, pending, feed);
        prefixes.push(segmentKey(id, ''));
      }
    }
    const fields = Object.entries({ ...deploymentFields(next), definition: next.definition ?? '' }).flat();
    const args = [next.generation.toString(), fields.length, ...fields, ...prefixes];
    const verdict = await attempt(`put the rebuild of ${pipeline} in force`, () =>
      this.redis.millraceSwap(keys.length, ...keys, ...args),
    );
    if (verdict === 'LOST') {
      throw new FencedError(`The rebuild ${next.generation} of ${pipeline} was ended by a reset or by a later rebuild`);
    }
  }
}
