import { FencedError } from '../../core/errors';
import type {
  Checkpoint,
  CheckpointDelta,
  Claim,
  CommitToken,
  Deployment,
  EntryRef,
  EntryWrite,
  StateStore,
} from '../../core/ports/state-store.port';
import { isWindowSegment } from '../../core/task/own-segments';
import { tasksOf } from '../../core/repartition/names';
import { type TaskId, taskName } from '../../core/task/task-id';
import { commitArguments, pendingRef, progressOf } from './commit-arguments';
import { type ScriptedRedis, withScripts } from './redis-commands';
import { attempt, type RedisClient } from './redis-connection';
import { deploymentFields, deploymentOf, dropShadow, resetTask } from './redis-deployments';
import { deploymentKey, segmentKey, taskKeys } from './redis-keys';

const SCAN_COUNT = 1_000;
/** Fields of one HMGET; Redis serves nobody else meanwhile. */
const LOAD_CHUNK = 5_000;

/** In the order in which the script that deploys answers. */

/** State, offset, timers and live feed of each task under one hash tag, changed by one fenced script. */
export class RedisStateStore implements StateStore {
  private readonly redis: ScriptedRedis;

  constructor(redis: RedisClient) {
    this.redis = withScripts(redis);
  }

  async deployment(pipeline: string): Promise<Deployment | undefined> {
    const inForce = await attempt(`read the deployment of ${pipeline}`, () =>
      this.redis.hgetall(deploymentKey(pipeline)),
    );
    return deploymentOf(inForce);
  }

  async deploy(pipeline: string, proposed: Deployment): Promise<Deployment> {
    const fields = deploymentFields(proposed);
    const { partitions = '' } = fields;
    const pairsOfFields = Object.entries(fields).flat();
    const inForce = await attempt(`record the deployment of ${pipeline}`, () =>
      this.redis.millraceDeploy(deploymentKey(pipeline), proposed.definition ?? '', partitions, ...pairsOfFields),
    );
    return deploymentOf(Object.fromEntries(pairs(inForce as string[])))!;
  }

  async redeploy(pipeline: string, next: Deployment, partitions: number): Promise<void> {
    const key = deploymentKey(pipeline);
    await attempt(`start a new generation of ${pipeline}`, async () => {
      const rebuilding = await this.redis.hget(key, 'rebuilding');
      await this.redis.hset(key, { ...deploymentFields(next), definition: next.definition ?? '' });
      await this.redis.hdel(key, 'rebuilding');
      for (const task of tasksOf(pipeline, partitions)) {
        await resetTask(this.redis, task);
      }
      if (rebuilding !== null) await dropShadow(this.redis, { pipeline, generation: rebuilding, partitions });
    });
  }

  async claim(task: TaskId, owner: string): Promise<Claim> {
    const { task: hash, segments, pending } = taskKeys(task);
    const reply = (await attempt(`let ${taskName(task)} be claimed`, () =>
      this.redis.millraceClaim(hash, segments, pending, owner, segmentKey(task, '')),
    )) as [string[], (string | number)[], string[]];
    const fields = pairs(reply[0]);
    const number = (name: string): bigint => BigInt(fields.get(name) ?? 0);
    return { epoch: number('epoch'), commits: number('commits'), checkpoint: checkpointOf(fields, reply[1], reply[2]) };
  }

  async commit(task: TaskId, token: CommitToken, delta: CheckpointDelta): Promise<void> {
    const { keys, args } = commitArguments(task, token, delta);
    const [verdict, epoch, commits] = (await attempt(`commit ${taskName(task)}`, () =>
      this.redis.millraceCommit(keys.length, ...keys, ...args),
    )) as [string, string?, string?];
    if (verdict !== 'FENCED') return;
    throw new FencedError(
      `Task ${taskName(task)}: commit ${token.commit} of epoch ${token.epoch} met epoch ${epoch} with ${commits} commits: ` +
        'it has another owner, or the store has forgotten something',
    );
  }

  async standing(task: TaskId): ReturnType<StateStore['standing']> {
    const [epoch, commits] = await attempt(`ask whose ${taskName(task)} is`, () =>
      this.redis.hmget(taskKeys(task).task, 'epoch', 'commits'),
    );
    return { epoch: BigInt(epoch ?? 0), commits: BigInt(commits ?? 0) };
  }

  async load(task: TaskId, refs: readonly EntryRef[]): Promise<readonly (Uint8Array | undefined)[]> {
    const values = new Array<Uint8Array | undefined>(refs.length);
    await attempt(`load state of ${taskName(task)}`, () =>
      Promise.all(
        chunksBySegment(refs).map(async ({ segment, indexes }) => {
          const entries = indexes.map((i) => refs[i]!.entry);
          const found = await this.redis.hmgetBuffer(segmentKey(task, segment), ...entries);
          indexes.forEach((index, i) => (values[index] = found[i] ?? undefined));
        }),
      ),
    );
    return values;
  }

  async *scan(task: TaskId, segment: string): AsyncIterable<readonly EntryWrite[]> {
    let cursor = '0';
    do {
      const [next, flat] = await attempt(`scan state of ${taskName(task)}`, () =>
        this.redis.hscanBuffer(segmentKey(task, segment), cursor, 'COUNT', SCAN_COUNT),
      );
      cursor = next.toString();
      const entries: EntryWrite[] = [];
      for (let i = 0; i < flat.length; i += 2) {
        entries.push({ segment, entry: flat[i]!.toString(), value: flat[i + 1]! });
      }
      if (entries.length > 0) yield entries;
    } while (cursor !== '0');
  }

  async peek(task: TaskId): ReturnType<StateStore['peek']> {
    const names = taskKeys(task);
    return attempt(`show ${taskName(task)}`, async () => {
      const [hash, ids, pending] = await Promise.all([
        this.redis.hgetall(names.task),
        this.redis.smembers(names.segments),
        this.redis.smembers(names.pending),
      ]);
      const sizes = await Promise.all(ids.map((id) => this.redis.hlen(segmentKey(task, id))));
      const fields = new Map(Object.entries(hash));
      const segments = ids.flatMap((id, i) => [id, sizes[i]!]);
      const checkpoint = checkpointOf(fields, segments, pending);
      return checkpoint && { ...checkpoint, owner: hash['owner'] ?? '', epoch: BigInt(hash['epoch'] ?? 0) };
    });
  }
}

function pairs(flat: readonly string[]): Map<string, string> {
  const map = new Map<string, string>();
  for (let i = 0; i < flat.length; i += 2) map.set(flat[i]!, flat[i + 1]!);
  return map;
}

function checkpointOf(
  fields: ReadonlyMap<string, string>,
  segments: readonly (string | number)[],
  pending: readonly string[],
): Checkpoint | undefined {
  const committed = progressOf(fields);
  if (!committed) return undefined;
  const summaries = [];
  for (let i = 0; i < segments.length; i += 2) {
    const id = String(segments[i]);
    if (isWindowSegment(id)) summaries.push({ id, entries: Number(segments[i + 1]) });
  }
  return { ...committed, segments: summaries, pending: pending.map(pendingRef) };
}

function chunksBySegment(refs: readonly EntryRef[]): { segment: string; indexes: number[] }[] {
  const open = new Map<string, number[]>();
  const chunks: { segment: string; indexes: number[] }[] = [];
  refs.forEach(({ segment }, i) => {
    let indexes = open.get(segment);
    if (!indexes || indexes.length >= LOAD_CHUNK) {
      indexes = [];
      open.set(segment, indexes);
      chunks.push({ segment, indexes });
    }
    indexes.push(i);
  });
  return chunks;
}
