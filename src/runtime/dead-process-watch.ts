import { messageOf } from '../core/errors';
import type { Clock } from '../core/ports/clock.port';
import type { GroupMembers } from '../core/ports/group-members.port';
import type { ProcessLeases } from '../core/ports/process-leases.port';
import type { RuntimeLog } from './events';
import type { StoreContact } from './store-contact';

/**
 * A dead process is taken out of its groups this long after its last sign of life, and a beat. Kafka's own session
 * time-out, which is longer, stands behind it.
 */
const LEASE_MS = 1_200;
const BEAT_MS = 300;
/** A process that was taken out because it could not renew its lease has been without the store for longer than this. */
export const CUT_OFF_MS = LEASE_MS - BEAT_MS;

export interface DeadProcessWatchOptions {
  /** The name of this process, and the client id of its consumers. */
  readonly process: string;
  readonly leases: ProcessLeases;
  readonly members: GroupMembers;
  /** The consumer groups of this process. */
  readonly groups: () => readonly string[];
  /** Whether it is certain, without any lease, that a process has ended: one of this machine that is gone. */
  readonly isGone: (process: string) => boolean;
  readonly contact: StoreContact;
  readonly clock: Clock;
  readonly log: RuntimeLog;
}

/**
 * Says that this process lives, and takes processes that no longer say so out of the consumer groups, so that their
 * partitions go to others in about two seconds. A wrong guess is harmless: a process that only stood still finds its
 * tasks fenced, and joins again.
 *
 * A process that is started again does not wait for the lease of the one before it: it sees that it is gone.
 *
 * Nobody is judged by his lease while the store was away: then leases lapse of processes that could not renew them.
 *
 * A process that alone cannot reach the store is taken out too, and joins again as one that wants no partitions: see
 * `StoreContact`. Once it reaches the store it leaves its groups by itself, so that it joins them as before.
 */
export class DeadProcessWatch {
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> | undefined;
  /** Since when every beat has reached the store, epoch ms; `undefined` after one that did not. */
  private steadySinceMs: number | undefined;
  private lastBeatMs = -Infinity;
  private hasBuriedGone = false;
  private isInTrouble = false;

  constructor(private readonly options: DeadProcessWatchOptions) {}

  start(): void {
    this.timer = setInterval(() => {
      this.beating ??= this.beat().finally(() => (this.beating = undefined));
    }, BEAT_MS);
  }

  /** Ends the lease, so that nobody takes this process for dead. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.beating;
    const { leases, process } = this.options;
    await leases.forget(process).catch((error: unknown) => this.trouble(error));
  }

  private async beat(): Promise<void> {
    const { leases, process, clock } = this.options;
    try {
      const lapsed = await leases.renew(process, LEASE_MS);
      this.options.contact.reached();
      await this.comeBack();
      if (!this.hasBuriedGone) await this.buryGone();
      const nowMs = clock.now();
      if (nowMs - this.lastBeatMs > LEASE_MS) this.steadySinceMs = nowMs;
      this.lastBeatMs = nowMs;
      this.steadySinceMs ??= nowMs;
      if (nowMs - this.steadySinceMs >= LEASE_MS) for (const dead of lapsed) await this.bury(dead);
      this.isInTrouble = false;
    } catch (error) {
      this.steadySinceMs = undefined;
      this.trouble(error);
    }
  }

  /** Others have the partitions: this process asks for its share again. */
  private async comeBack(): Promise<void> {
    const { contact, members, groups, process, log } = this.options;
    if (!contact.wasToldLost) return;
    await members.expel(groups(), process);
    contact.forgetTold();
    log('info', 'group.joins-again', 'Redis answers again: joins the groups as one that takes partitions', {});
  }

  /**
   * Once, with the first beat and not before: this process has then asked to join its groups, and they do not become
   * empty, which would make Kafka wait for `group.initial.rebalance.delay.ms` (3 s by default).
   */
  private async buryGone(): Promise<void> {
    const { leases, isGone } = this.options;
    for (const holder of await leases.holders()) if (isGone(holder)) await this.bury(holder);
    this.hasBuriedGone = true;
  }

  private async bury(dead: string): Promise<void> {
    const { members, groups, leases, log } = this.options;
    const expelled = await members.expel(groups(), dead);
    await leases.forget(dead);
    if (expelled === 0) return;
    log('warn', 'group.member-expelled', `Process ${dead} gives no sign of life: took it out of ${expelled} groups`, {
      process: dead,
    });
  }

  /** Says it once for each time that something is away. */
  private trouble(error: unknown): void {
    if (this.isInTrouble) return;
    this.isInTrouble = true;
    this.options.log('info', 'group.watch-failed', `Dead processes are not watched for now: ${messageOf(error)}`, {});
  }
}
