import { messageOf, TransientError } from '../../core/errors';
import type { Clock } from '../../core/ports/clock.port';
import type { FeedLedger } from '../../core/ports/feed-ledger.port';
import { pause } from '../../runtime/back-off';

/** How long a feed stands still when the process that ran it died. */
export const LEASE_MS = 10_000;
const RENEW_MS = LEASE_MS / 4;

export interface LeaseOptions {
  readonly feed: string;
  readonly holder: string;
  readonly ledger: FeedLedger;
  readonly clock: Clock;
  /** Ends every wait. */
  readonly signal: AbortSignal;
  /** Why the store does not answer; `undefined` when it does again. */
  readonly onTrouble: (reason: string | undefined) => void;
}

/** A term of the lease: it ends when another process has it, when the store was silent for too long, or with the process. */
export interface Term {
  readonly token: number;
  readonly signal: AbortSignal;
  /** Gives the lease back. Never rejects: a lease that cannot be given back lapses. */
  end(): Promise<void>;
}

/** Waits until the feed is this process's to run. `undefined` when the signal aborts first. */
export async function leaseOf(options: LeaseOptions, atLeast: number): Promise<Term | undefined> {
  while (!options.signal.aborted) {
    const token = await claim(options, atLeast);
    if (token !== undefined) return new HeldTerm(options, token);
    await pause(RENEW_MS * (0.5 + Math.random()), options.signal);
  }
  return undefined;
}

async function claim({ ledger, feed, holder, onTrouble }: LeaseOptions, atLeast: number): Promise<number | undefined> {
  try {
    const token = await ledger.claim({ feed, holder, ttlMs: LEASE_MS, atLeast });
    onTrouble(undefined);
    return token;
  } catch (thrown) {
    if (!(thrown instanceof TransientError)) throw thrown;
    onTrouble(messageOf(thrown));
    return undefined;
  }
}

class HeldTerm implements Term {
  private readonly ending = new AbortController();
  private readonly renewing: Promise<void>;

  constructor(
    private readonly options: LeaseOptions,
    readonly token: number,
  ) {
    this.renewing = this.renew();
  }

  get signal(): AbortSignal {
    return this.ending.signal;
  }

  async end(): Promise<void> {
    this.ending.abort();
    await this.renewing;
    await this.options.ledger.release(this.options.feed, this.token).catch(() => undefined);
  }

  /** Prolongs the lease until the term ends; ends the term when it is not ours, or may not be ours any more. */
  private async renew(): Promise<void> {
    const { clock, signal } = this.options;
    let heldUntilMs = clock.now() + LEASE_MS;
    const both = AbortSignal.any([signal, this.ending.signal]);
    for (;;) {
      await pause(RENEW_MS, both);
      if (both.aborted) break;
      const askedMs = clock.now();
      const token = await this.ask();
      if (token === this.token) heldUntilMs = askedMs + LEASE_MS;
      else if (token !== 'unknown' || clock.now() >= heldUntilMs) break;
    }
    this.ending.abort();
  }

  private async ask(): Promise<number | undefined | 'unknown'> {
    const { ledger, feed, holder, onTrouble } = this.options;
    try {
      const token = await ledger.claim({ feed, holder, ttlMs: LEASE_MS, atLeast: 0 });
      onTrouble(undefined);
      return token;
    } catch (thrown) {
      onTrouble(messageOf(thrown));
      return 'unknown';
    }
  }
}
