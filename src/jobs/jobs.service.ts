import { hostname } from 'node:os';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { JsonValue } from '../core/json';
import type { Log } from '../core/ports/log.port';
import { type Job, QueueFullError } from '../core/ports/work-queue.port';
import type { JobHandler } from '../runtime/jobs/job-handler';
import { JobWorker } from '../runtime/jobs/job-worker';
import type { Ports } from '../runtime/ports';
import { queueFull } from './job-problems';

export interface JobsServiceOptions {
  readonly ports: Ports;
  readonly log: Log;
  /** What this process does of the jobs; none to leave them to others. */
  readonly handlers: readonly JobHandler[];
}

/** Takes jobs in, and does them in processes that have handlers. */
export class JobsService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly worker: JobWorker | undefined;

  constructor(private readonly options: JobsServiceOptions) {
    const { ports, handlers, log } = options;
    const worker = ports.liveness?.process ?? `${hostname()}:${process.pid}`;
    if (handlers.length > 0) this.worker = new JobWorker({ queue: ports.workQueue, worker, handlers, log });
  }

  /** Throws a 503 when too many wait. */
  async add(kind: string, input: JsonValue): Promise<Job> {
    try {
      return await this.options.ports.workQueue.add(kind, input);
    } catch (error) {
      if (error instanceof QueueFullError) throw queueFull(error.message);
      throw error;
    }
  }

  onApplicationBootstrap(): void {
    this.worker?.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.worker?.stop();
  }
}
