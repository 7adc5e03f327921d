import { FencedError } from '../../core/errors';
import type { JsonValue } from '../../core/json';
import type { Clock } from '../../core/ports/clock.port';
import {
  type Job,
  QUEUE_BOUNDS,
  type QueueBounds,
  QueueFullError,
  type TakenJob,
  type WorkQueue,
} from '../../core/ports/work-queue.port';

interface Held {
  job: Job;
  token: number;
  /** When another worker may take it, or it may be begun again, or it is forgotten, epoch ms. */
  untilMs: number;
}

/** Jobs of this process. */
export class MemoryWorkQueue implements WorkQueue {
  private readonly held = new Map<string, Held>();
  private waiting: string[] = [];
  private added = 0;

  constructor(
    private readonly clock: Clock,
    readonly bounds: QueueBounds = QUEUE_BOUNDS,
  ) {}

  add(kind: string, input: JsonValue): Promise<Job> {
    this.forget();
    const open = [...this.held.values()].filter(({ job }) => job.state !== 'done' && job.state !== 'failed').length;
    const { maxWaiting } = this.bounds;
    if (open >= maxWaiting) return Promise.reject(new QueueFullError(`${open} jobs wait; at most ${maxWaiting} may`));
    const [id, nowMs] = [`job-${(this.added += 1)}`, this.clock.now()];
    const job: Job = { id, kind, state: 'waiting', input, attempts: 0, createdMs: nowMs, updatedMs: nowMs };
    this.held.set(id, { job, token: 0, untilMs: Infinity });
    this.waiting.push(id);
    return Promise.resolve(job);
  }

  find(id: string): Promise<Job | undefined> {
    this.forget();
    return Promise.resolve(this.held.get(id)?.job);
  }

  list(limit: number, only?: 'failed'): Promise<readonly Job[]> {
    this.forget();
    const jobs = [...this.held.values()].map(({ job }) => job).reverse();
    return Promise.resolve(jobs.filter(({ state }) => !only || state === only).slice(0, limit));
  }

  take(worker: string): Promise<TakenJob | undefined> {
    return Promise.resolve(this.taken(worker));
  }

  renew(taken: TakenJob, progress?: JsonValue): Promise<void> {
    return this.change(taken, (held) => {
      held.untilMs = this.clock.now() + this.bounds.leaseMs;
      this.show(held, progress === undefined ? {} : { progress });
    });
  }

  finish(taken: TakenJob, result: JsonValue): Promise<void> {
    return this.change(taken, (held) => {
      const job: Job & { error?: string } = { ...held.job };
      delete job.error;
      held.job = job;
      this.end(held, { state: 'done', result });
    });
  }

  fail(taken: TakenJob, error: string, retryAfterMs?: number): Promise<void> {
    return this.change(taken, (held) => {
      if (retryAfterMs === undefined || taken.attempt >= this.bounds.maxAttempts)
        return this.end(held, { state: 'failed', error });
      held.untilMs = this.clock.now() + retryAfterMs;
      this.show(held, { state: 'retrying', error });
    });
  }

  giveBack(taken: TakenJob): Promise<void> {
    return this.change(taken, (held) => this.wait(held, { attempts: taken.attempt - 1 }));
  }

  again(id: string): Promise<boolean> {
    const held = this.held.get(id);
    if (held?.job.state !== 'failed') return Promise.resolve(false);
    this.wait(held, { attempts: 0 });
    return Promise.resolve(true);
  }

  private taken(worker: string): TakenJob | undefined {
    const nowMs = this.clock.now();
    for (const held of this.held.values()) if (isDue(held, nowMs)) this.wait(held, {});
    for (let id = this.waiting.shift(); id !== undefined; id = this.waiting.shift()) {
      const held = this.held.get(id)!;
      const attempt = held.job.attempts + 1;
      if (attempt <= this.bounds.maxAttempts) {
        held.token++;
        held.untilMs = nowMs + this.bounds.leaseMs;
        this.show(held, { state: 'running', attempts: attempt, worker });
        return { id, kind: held.job.kind, input: held.job.input, attempt, token: held.token };
      }
      const error = `It was begun ${this.bounds.maxAttempts} times, and each time its worker ended before it did`;
      this.end(held, { state: 'failed', error });
    }
    return undefined;
  }

  private change({ id, token }: TakenJob, change: (held: Held) => void): Promise<void> {
    const held = this.held.get(id);
    if (held?.token !== token || held.job.state !== 'running')
      return Promise.reject(new FencedError(`Job ${id} was taken by another worker, or has ended`));
    change(held);
    return Promise.resolve();
  }

  private wait(held: Held, changes: Partial<Job>): void {
    held.untilMs = Infinity;
    this.show(held, { ...changes, state: 'waiting' });
    this.waiting.push(held.job.id);
  }

  private end(held: Held, changes: Partial<Job>): void {
    held.untilMs = this.clock.now() + this.bounds.keptMs;
    this.show(held, changes);
  }

  private show(held: Held, changes: Partial<Job>): void {
    held.job = { ...held.job, ...changes, updatedMs: this.clock.now() };
  }

  private forget(): void {
    const nowMs = this.clock.now();
    for (const [id, { job, untilMs }] of this.held)
      if ((job.state === 'done' || job.state === 'failed') && untilMs <= nowMs) this.held.delete(id);
  }
}

function isDue({ job, untilMs }: Held, nowMs: number): boolean {
  return (job.state === 'running' || job.state === 'retrying') && untilMs <= nowMs;
}
