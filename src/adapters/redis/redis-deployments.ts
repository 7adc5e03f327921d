import type { Deployment } from '../../core/ports/state-store.port';
import { tasksOf } from '../../core/repartition/names';
import { shadowOf, type TaskId } from '../../core/task/task-id';
import type { ScriptedRedis } from './redis-commands';
import { segmentKey, taskKeys } from './redis-keys';

type Fields = Readonly<Record<'generation' | 'fingerprint' | 'repartitioned', string> & { partitions?: string }>;

/** What a generation begins with, as the deployment hash has it; generation and fingerprint are first. */
export function deploymentFields({ generation, fingerprint, repartitioned, partitions }: Deployment): Fields {
  return {
    ...{ generation: generation.toString(), fingerprint, repartitioned: repartitioned ? '1' : '0' },
    ...(partitions !== undefined && { partitions: partitions.toString() }),
  };
}

/** `undefined` where the hash is not there. One that an older version has written lacks fields. */
export function deploymentOf(hash: Readonly<Partial<Record<string, string>>>): Deployment | undefined {
  const { generation, fingerprint = '', repartitioned, partitions, definition, rebuilding } = hash;
  if (generation === undefined) return undefined;
  return {
    ...{ generation: BigInt(generation), fingerprint, repartitioned: repartitioned === '1' },
    partitions: partitions === undefined ? undefined : Number(partitions),
    ...(definition && { definition }),
    ...(rebuilding !== undefined && { rebuilding: BigInt(rebuilding) }),
  };
}

/** Drops the state of a task and fences its owner. */
export async function resetTask(redis: ScriptedRedis, id: TaskId): Promise<void> {
  const { task, segments, pending, feed } = taskKeys(id);
  await redis.millraceReset(task, segments, pending, feed, segmentKey(id, ''));
}

/** Drops everything of a rebuild that will not take over. */
export async function dropShadow(
  redis: ScriptedRedis,
  { pipeline, generation, partitions }: { pipeline: string; generation: string; partitions: number },
): Promise<void> {
  for (const id of tasksOf(pipeline, partitions)) {
    const shadow = shadowOf(id, BigInt(generation));
    await resetTask(redis, shadow);
    await redis.unlink(taskKeys(shadow).task);
  }
}
