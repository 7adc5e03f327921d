import { randomUUID } from 'node:crypto';

import { FatalError, TransientError } from '../../core/errors';
import type { SavepointStore, TaskPart } from '../../core/ports/savepoint-store.port';
import type { EntryWrite } from '../../core/ports/state-store.port';
import { type TaskId, taskName } from '../../core/task/task-id';
import { pendingMember, pendingRef, progressFields, progressOf } from './commit-arguments';
import { type ScriptedRedis, withScripts } from './redis-commands';
import { attempt, type RedisClient } from './redis-connection';
import { copyKeys, segmentKey, taskKeys } from './redis-keys';

const SCAN_COUNT = 1_000;
/** For a save that was killed: its copy doubles the memory of a task for so long. */
const COPY_TTL_MS = 3_600_000;
const STAGED_TTL_MS = 86_400_000;

/**
 * A task is copied inside Redis by one script, under its own hash tag, and read from there: Redis serves nobody else while
 * it copies (about a second for a million entries), and needs the memory of one task twice. Works on a cluster too.
 */
export class RedisSavepointStore implements SavepointStore {
  private readonly redis: ScriptedRedis;

  constructor(redis: RedisClient) {
    this.redis = withScripts(redis);
  }

  async *copyOf(task: TaskId): AsyncIterable<TaskPart> {
    const copy = copyKeys(task, randomUUID());
    const { task: hash, segments, pending } = taskKeys(task);
    const names = [hash, segments, pending, copy.pending, segmentKey(task, ''), copy.segmentPrefix];
    const found = await attempt(`copy ${taskName(task)}`, () => this.redis.millraceCopy(...names, COPY_TTL_MS));
    if (!found) return;
    const [fields, sizes, waiting] = found;
    const copied = [copy.pending];
    try {
      yield savedTask(fields);
      for (let i = 0; i < sizes.length; i += 2) {
        const segment = String(sizes[i]);
        const key = copy.segmentPrefix + segment;
        copied.push(key);
        yield* this.entriesOf(key, { segment, entries: Number(sizes[i + 1]) });
        await attempt('drop a copy', () => this.redis.unlink(key));
      }
      if (waiting > 0) yield* this.pendingOf(copy.pending, waiting);
    } finally {
      await Promise.all(copied.map((key) => this.redis.unlink(key).catch(() => undefined)));
    }
  }

  async stage(task: TaskId, load: string, part: TaskPart): Promise<void> {
    const staged = copyKeys(task, load);
    await attempt(`stage state of ${taskName(task)}`, async () => {
      const keys = await this.write(staged, part);
      await Promise.all(keys.map((key) => this.redis.pexpire(key, STAGED_TTL_MS)));
    });
  }

  async adopt(task: TaskId, load: string, generation: bigint): Promise<void> {
    const { task: hash, segments, pending, feed } = taskKeys(task);
    const staged = copyKeys(task, load);
    const keys = [hash, segments, pending, feed, staged.task, staged.segments, staged.pending];
    const args = [segmentKey(task, ''), staged.segmentPrefix, generation.toString()];
    const verdict = await attempt(`put the loaded state of ${taskName(task)} in force`, () =>
      this.redis.millraceAdopt(...keys, ...args),
    );
    if (verdict === 'OK') return;
    throw new FatalError(`What was loaded of ${taskName(task)} is no longer whole in Redis; load the savepoint again`);
  }

  async discard(task: TaskId, load: string): Promise<void> {
    const staged = copyKeys(task, load);
    await attempt(`drop what was loaded of ${taskName(task)}`, async () => {
      for (const id of await this.redis.smembers(staged.segments)) await this.redis.unlink(staged.segmentPrefix + id);
      await this.redis.unlink(staged.task, staged.segments, staged.pending);
    });
  }

  private async *entriesOf(
    key: string,
    { segment, entries }: { segment: string; entries: number },
  ): AsyncIterable<TaskPart> {
    let cursor = '0';
    do {
      const [next, flat] = await attempt('read a copy', () => this.redis.hscanBuffer(key, cursor, 'COUNT', SCAN_COUNT));
      cursor = next.toString();
      if (flat.length > 0) yield { kind: 'entries', entries: entriesIn(segment, flat) };
    } while (cursor !== '0');
    await this.checkWhole(entries, () => this.redis.hlen(key));
  }

  private async *pendingOf(key: string, waiting: number): AsyncIterable<TaskPart> {
    let cursor = '0';
    do {
      const [next, members] = await attempt('read a copy', () => this.redis.sscan(key, cursor, 'COUNT', SCAN_COUNT));
      cursor = next;
      if (members.length > 0) yield { kind: 'pending', pending: members.map(pendingRef) };
    } while (cursor !== '0');
    await this.checkWhole(waiting, () => this.redis.scard(key));
  }

  /** A copy that lapsed or was lost with a server while it was read looks like a smaller one. */
  private async checkWhole(expected: number, count: () => Promise<number>): Promise<void> {
    const found = await attempt('count a copy', count);
    if (found === expected) return;
    throw new TransientError(
      `Redis has lost the copy that was being read (${found} of ${expected} entries); save again`,
    );
  }

  /** Returns the keys that it has written to. */
  private async write(staged: ReturnType<typeof copyKeys>, part: TaskPart): Promise<readonly string[]> {
    switch (part.kind) {
      case 'task': {
        const { epoch, commits, generation, progress } = part.task;
        const own = ['epoch', epoch.toString(), 'commits', commits.toString(), 'owner', 'savepoint'];
        await this.redis.hset(staged.task, ...own, ...progressFields(generation, progress));
        return [staged.task];
      }
      case 'entries':
        return this.writeEntries(staged, part.entries);
      case 'pending':
        await this.redis.sadd(staged.pending, ...part.pending.map(pendingMember));
        await this.redis.hset(staged.task, 'pending', '1');
        return [staged.pending, staged.task];
    }
  }

  private async writeEntries(
    { segments, segmentPrefix }: ReturnType<typeof copyKeys>,
    entries: readonly EntryWrite[],
  ): Promise<readonly string[]> {
    const bySegment = new Map<string, (string | Buffer)[]>();
    for (const { segment, entry, value } of entries) {
      const flat = bySegment.get(segment) ?? [];
      bySegment.set(segment, flat);
      flat.push(entry, Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    }
    // The ids first: a segment that is not told of would be missing unnoticed.
    await this.redis.sadd(segments, ...bySegment.keys());
    await Promise.all([...bySegment].map(([id, flat]) => this.redis.hset(segmentPrefix + id, ...flat)));
    return [segments, ...[...bySegment.keys()].map((id) => segmentPrefix + id)];
  }
}

function savedTask(flat: readonly string[]): TaskPart {
  const fields = new Map<string, string>();
  for (let i = 0; i < flat.length; i += 2) fields.set(flat[i]!, flat[i + 1]!);
  const [epoch, commits] = [BigInt(fields.get('epoch') ?? 0), BigInt(fields.get('commits') ?? 0)];
  // The script gives no hash without a commit.
  return { kind: 'task', task: { epoch, commits, ...progressOf(fields)! } };
}

function entriesIn(segment: string, flat: readonly Buffer[]): EntryWrite[] {
  const entries: EntryWrite[] = [];
  for (let i = 0; i < flat.length; i += 2) entries.push({ segment, entry: flat[i]!.toString(), value: flat[i + 1]! });
  return entries;
}
