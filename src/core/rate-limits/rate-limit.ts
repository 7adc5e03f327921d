export const RATE_ALGORITHMS = ['fixed-window', 'sliding-window', 'token-bucket'] as const;

/**
 * | algorithm        | what it guarantees                                              | what it costs        |
 * |------------------|-----------------------------------------------------------------|----------------------|
 * | `fixed-window`   | `units` in each window; twice as many around the end of one      | two numbers          |
 * | `sliding-window` | `units` in any span of `windowMs`                                | at most 1,001 counts |
 * | `token-bucket`   | `burst` at once, `units` in each `windowMs` on average           | two numbers          |
 */
export type RateAlgorithm = (typeof RATE_ALGORITHMS)[number];

export interface RateLimit {
  readonly algorithm: RateAlgorithm;
  /** How many pass in `windowMs`. */
  readonly units: number;
  readonly windowMs: number;
  /** Of a token bucket: how many pass at once; as many as `units` if it is not said. */
  readonly burst?: number;
}

/** How many pass at once when nothing is used. */
export function quotaOf({ algorithm, units, burst }: RateLimit): number {
  return algorithm === 'token-bucket' ? (burst ?? units) : units;
}
