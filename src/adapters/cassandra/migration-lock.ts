import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { TransientError } from '../../core/errors';
import type { CassandraClient } from './cassandra-client';

/** A holder that dies frees the lock after this long. It renews before each statement, which takes far less. */
const TTL_SECONDS = 90;
const POLL_MS = 250;
const LOCK_NAME = 'migrations';
const LWT_TIMEOUT_MS = 10_000;

export interface LockPlace {
  /** The lock's table, for statements. */
  readonly table: string;
  /** How long to wait for another holder, ms. */
  readonly waitMs: number;
}

/** Mutual exclusion of migrating processes: one row, taken by compare-and-set, with a time to live. */
export class MigrationLock {
  private readonly owner = randomUUID();

  constructor(
    private readonly client: CassandraClient,
    private readonly place: LockPlace,
  ) {}

  /** Throws TransientError when another process has held it for all of the waiting time. */
  async acquire(): Promise<void> {
    const until = performance.now() + this.place.waitMs;
    const take = `INSERT INTO ${this.place.table} (name, owner) VALUES (?, ?) IF NOT EXISTS USING TTL ${TTL_SECONDS}`;
    while (!(await this.attempt(take, [LOCK_NAME, this.owner]))) {
      if (performance.now() >= until) {
        throw new TransientError(
          `another process has been migrating tables for ${this.place.waitMs} ms; if none is, its lock ends ` +
            `by itself within ${TTL_SECONDS} s`,
        );
      }
      await delay(POLL_MS);
    }
  }

  /** Call before each step. Throws TransientError when the lock was lost, so that the step must not be taken. */
  async renew(): Promise<void> {
    const extend = `UPDATE ${this.place.table} USING TTL ${TTL_SECONDS} SET owner = ? WHERE name = ? IF owner = ?`;
    if (await this.attempt(extend, [this.owner, LOCK_NAME, this.owner])) return;
    throw new TransientError('the lock on migrations was lost to another process, which goes on');
  }

  async release(): Promise<void> {
    await this.attempt(`DELETE FROM ${this.place.table} WHERE name = ? IF owner = ?`, [LOCK_NAME, this.owner]);
  }

  /**
   * A compare-and-set that times out may have been applied. Asking again then finds our own row, so an insert that
   * meets its own owner counts as taken.
   */
  private async attempt(query: string, params: readonly unknown[]): Promise<boolean> {
    const options = { readTimeout: LWT_TIMEOUT_MS };
    const answer = await this.client.execute({ query, params }, 'taking the lock on migrations', options);
    const row = answer.first() as Readonly<Record<string, unknown>> | null;
    return row?.['[applied]'] === true || row?.['owner'] === this.owner;
  }
}
