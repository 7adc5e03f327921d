/** Who runs a feed, and what it last said of it. */
export interface FeedEntry {
  /** The process that holds the lease; `undefined` when nobody does. */
  readonly holder: string | undefined;
  /** Raised whenever the lease gets another term; 0 when it never had one. */
  readonly token: number;
  /** What the last holder reported, as it gave it. */
  readonly report: string | undefined;
}

export interface FeedClaim {
  readonly feed: string;
  /** A process, unlike any other. */
  readonly holder: string;
  readonly ttlMs: number;
  /** A new term's token is greater than this: what the feed's own state knows, should the ledger have lost everything. */
  readonly atLeast: number;
}

/**
 * Lets one process at a time run a feed, by the store's own clock, and shows all of them what it does. A lease alone
 * stops nobody who stood still: what a feed writes is fenced by {@link FeedLog}. All operations throw TransientError when
 * the store cannot be reached.
 */
export interface FeedLedger {
  /**
   * Takes the lease if it is free or has lapsed, or prolongs one's own. The token of the term, which is the same while
   * it is prolonged in time and greater than every one before otherwise; `undefined` while another process has the lease.
   */
  claim(claim: FeedClaim): Promise<number | undefined>;
  /** Gives the lease back; does nothing when the term is over. */
  release(feed: string, token: number): Promise<void>;
  /** Keeps the text for all to see. False, and nothing is kept, when a newer term has begun. */
  report(feed: string, token: number, text: string): Promise<boolean>;
  /** In the order of the names given. */
  entries(feeds: readonly string[]): Promise<readonly FeedEntry[]>;
}
