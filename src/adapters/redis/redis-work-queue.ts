import { randomUUID } from 'node:crypto';
import { FencedError } from '../../core/errors';
import type { JsonValue } from '../../core/json';
import {
  type Job,
  type JobState,
  QUEUE_BOUNDS,
  type QueueBounds,
  QueueFullError,
  type TakenJob,
  type WorkQueue,
} from '../../core/ports/work-queue.port';
import { type ScriptedRedis, withScripts } from './redis-commands';
import { attempt, type RedisClient } from './redis-connection';
import { jobKey, type QueueKeys, queueKeys } from './redis-keys';

const GROUP = 'workers';

type Outcome = Exclude<JobState, 'running'>;

/**
 * A Redis stream and its consumer group: an entry that is not acknowledged belongs to its worker, until it lies idle for the
 * lease. Each change of a job is one script, which compares the token of the take. Time is the server's.
 */
export class RedisWorkQueue implements WorkQueue {
  private readonly redis: ScriptedRedis;
  private readonly keys: QueueKeys;

  constructor(
    redis: RedisClient,
    private readonly name = 'jobs',
    readonly bounds: QueueBounds = QUEUE_BOUNDS,
  ) {
    this.redis = withScripts(redis);
    this.keys = queueKeys(name);
  }

  async add(kind: string, input: JsonValue): Promise<Job> {
    const id = randomUUID();
    const { jobs, retries, all } = this.keys;
    const { maxWaiting, maxListed } = this.bounds;
    const [answer, told] = await attempt('add a job', () =>
      this.redis.millraceQueueAdd(
        ...[jobs, retries, all, jobKey(this.name, id)],
        ...[id, kind, JSON.stringify(input), maxWaiting, maxListed],
      ),
    );
    if (answer === 'FULL') throw new QueueFullError(`${told} jobs wait; at most ${maxWaiting} may`);
    return { id, kind, state: 'waiting', input, attempts: 0, createdMs: Number(told), updatedMs: Number(told) };
  }

  async find(id: string): Promise<Job | undefined> {
    return jobOf(await attempt('find a job', () => this.redis.hgetall(jobKey(this.name, id))));
  }

  async list(limit: number, only?: 'failed'): Promise<readonly Job[]> {
    const key = only === 'failed' ? this.keys.dead : this.keys.all;
    const ids = await attempt('list jobs', () => this.redis.zrevrange(key, 0, limit - 1));
    const jobs = await Promise.all(ids.map((id) => this.find(id)));
    return jobs.filter((job) => job !== undefined);
  }

  async take(worker: string): Promise<TakenJob | undefined> {
    const { jobs, retries, dead } = this.keys;
    const { leaseMs, maxAttempts, keptMs, maxListed } = this.bounds;
    const taken = await attempt('give a job', () =>
      this.redis.millraceQueueTake(
        ...[jobs, retries, dead],
        ...[GROUP, worker, leaseMs, maxAttempts, jobKey(this.name, ''), keptMs, maxListed],
      ),
    );
    if (!taken) return undefined;
    const [id, kind, input, tried, token] = taken;
    return { id, kind, input: JSON.parse(input) as JsonValue, attempt: tried, token };
  }

  async renew({ id, token }: TakenJob, progress?: JsonValue): Promise<void> {
    const text = progress === undefined ? '' : JSON.stringify(progress);
    const answer = await attempt('renew a job', () =>
      this.redis.millraceQueueRenew(this.keys.jobs, jobKey(this.name, id), GROUP, token, text),
    );
    if (answer !== 'OK') throw notYours(id);
  }

  finish(job: TakenJob, result: JsonValue): Promise<void> {
    return this.end(job, 'done', JSON.stringify(result));
  }

  fail(job: TakenJob, error: string, retryAfterMs?: number): Promise<void> {
    const isDead = retryAfterMs === undefined || job.attempt >= this.bounds.maxAttempts;
    return this.end(job, isDead ? 'failed' : 'retrying', error, retryAfterMs);
  }

  giveBack(job: TakenJob): Promise<void> {
    return this.end(job, 'waiting', '');
  }

  async again(id: string): Promise<boolean> {
    const { jobs, dead } = this.keys;
    const done = await attempt('begin a job anew', () =>
      this.redis.millraceQueueAgain(jobs, jobKey(this.name, id), dead),
    );
    return done === 1;
  }

  private async end({ id, token }: TakenJob, outcome: Outcome, text: string, retryAfterMs = 0): Promise<void> {
    const { jobs, retries, dead } = this.keys;
    const { keptMs, maxListed } = this.bounds;
    const answer = await attempt('end a job', () =>
      this.redis.millraceQueueEnd(
        ...[jobs, jobKey(this.name, id), retries, dead],
        ...[GROUP, token, outcome, text, Math.round(retryAfterMs), keptMs, maxListed],
      ),
    );
    if (answer !== 'OK') throw notYours(id);
  }
}

function notYours(id: string): FencedError {
  return new FencedError(`Job ${id} was taken by another worker, or has ended`);
}

function jobOf(hash: Readonly<Partial<Record<string, string>>>): Job | undefined {
  const { id, kind, state, input, attempts, created, updated, worker, progress, result, error } = hash;
  if (id === undefined || kind === undefined || input === undefined) return undefined;
  return {
    ...{ id, kind, state: state as JobState, input: parsed(input), attempts: Number(attempts) },
    ...{ createdMs: Number(created), updatedMs: Number(updated) },
    ...(worker !== undefined && { worker }),
    ...(progress !== undefined && { progress: parsed(progress) }),
    ...(result !== undefined && { result: parsed(result) }),
    ...(error !== undefined && { error }),
  };
}

function parsed(text: string): JsonValue {
  return JSON.parse(text) as JsonValue;
}
