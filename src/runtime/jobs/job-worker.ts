import { ConfigError, FatalError, FencedError, messageOf } from '../../core/errors';
import type { JsonValue } from '../../core/json';
import type { Log } from '../../core/ports/log.port';
import type { TakenJob, WorkQueue } from '../../core/ports/work-queue.port';
import { pause } from '../back-off';
import { retryTransient } from '../retry';
import type { JobHandler } from './job-handler';

export interface JobWorkerOptions {
  readonly queue: WorkQueue;
  /** Name of this process. */
  readonly worker: string;
  readonly handlers: readonly JobHandler[];
  readonly log: Log;
  /** How often to look when there is nothing to do, ms. */
  readonly pollMs?: number;
  /** How long to wait before attempt `attempt + 1`, ms. */
  readonly retryMs?: (attempt: number) => number;
}

const POLL_MS = 500;
const RETRY_FIRST_MS = 1_000;
const RETRY_CAP_MS = 60_000;
/** Of a lease, at least. */
const RENEWALS = 3;
/** How old progress may be that is shown, ms. */
const SHOW_MS = 2_000;

/** Does the jobs of a queue, one after the other. One that the end of the process interrupts is given back. */
export class JobWorker {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(private readonly options: JobWorkerOptions) {}

  start(): void {
    this.running ??= this.work();
  }

  /** Resolves when the job at hand is given back. Never rejects. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async work(): Promise<void> {
    const { queue, worker, log, pollMs = POLL_MS } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        const job = await retryTransient(() => queue.take(worker), { signal, onFailure: () => undefined });
        if (job) await this.attempt(job);
        else await pause(pollMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        log.error({ event: 'job.failed', reason: messageOf(error) }, `Jobs: ${messageOf(error)}`);
        await pause(pollMs, signal);
      }
    }
  }

  private async attempt(job: TakenJob): Promise<void> {
    const lease = new Lease(job, this.options.queue, this.stopping.signal);
    try {
      const result = await this.run(job, lease);
      await lease.end(() => this.options.queue.finish(job, result));
    } catch (error) {
      await this.failed(job, error, lease);
    } finally {
      lease.close();
    }
  }

  private run(job: TakenJob, lease: Lease): Promise<JsonValue> {
    const handler = this.options.handlers.find(({ kind }) => kind === job.kind);
    if (!handler) throw new FatalError(`Nobody here does jobs of kind "${job.kind}"`);
    return handler.run(job.input, {
      id: job.id,
      signal: lease.signal,
      progress: (progress) => (lease.progress = progress),
    });
  }

  private async failed(job: TakenJob, error: unknown, lease: Lease): Promise<void> {
    const { queue, log, retryMs = backOffMs } = this.options;
    if (lease.isLost) return;
    if (this.stopping.signal.aborted) return lease.end(() => queue.giveBack(job));
    const isFinal = [ConfigError, FatalError, FencedError].some((type) => error instanceof type);
    const { id, kind, attempt } = job;
    log.warn(
      { event: 'job.failed', job: id, kind, attempt, reason: messageOf(error) },
      `Job ${id}: ${messageOf(error)}`,
    );
    await lease.end(() => queue.fail(job, messageOf(error), isFinal ? undefined : retryMs(attempt)));
  }
}

function backOffMs(attempt: number): number {
  return Math.min(RETRY_CAP_MS, RETRY_FIRST_MS * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
}

/** Keeps a job this worker's, and tells when it is no more. */
class Lease {
  readonly signal: AbortSignal;
  progress: JsonValue | undefined;
  private readonly ended = new AbortController();
  private readonly timer: NodeJS.Timeout;
  private lost = false;

  constructor(
    private readonly job: TakenJob,
    private readonly queue: WorkQueue,
    stopping: AbortSignal,
  ) {
    this.signal = AbortSignal.any([this.ended.signal, stopping]);
    this.timer = setInterval(() => void this.renew(), Math.min(SHOW_MS, queue.bounds.leaseMs / RENEWALS));
  }

  get isLost(): boolean {
    return this.lost;
  }

  /** Says what became of the job; tries for as long as the lease lasts, and then leaves it to the next worker. */
  async end(say: () => Promise<void>): Promise<void> {
    if (this.progress !== undefined) await this.renew();
    const signal = AbortSignal.timeout(this.queue.bounds.leaseMs);
    try {
      await retryTransient(say, { signal, onFailure: () => undefined });
    } catch (error) {
      if (!(error instanceof FencedError) && !signal.aborted) throw error;
    }
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** While the store is away the lease runs out by itself: whoever takes the job then fences this worker. */
  private async renew(): Promise<void> {
    const { progress } = this;
    this.progress = undefined;
    await this.queue.renew(this.job, progress).catch((error: unknown) => {
      if (!(error instanceof FencedError)) return;
      this.lost = true;
      this.ended.abort(error);
    });
  }
}
