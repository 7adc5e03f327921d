import { bitsAt } from './seeded.mjs';

export const PARTITIONS = 4;
export const WINDOW_MS = 10_000;
export const OUT_OF_ORDERNESS_MS = 5_000;
export const GRACE_MS = 5_000;

const BASE_MS = Date.UTC(2026, 0, 1);
/** Below the bound of disorder: in the order of the generator no record is late. */
const JITTER_MS = 4_000;
const DAY_MS = 86_400_000;
/** Groups that records belong to, whatever their keys are. */
const GROUPS = 40;

/**
 * The input of a seed. Keys `k` are `k0` and so on, groups `g` are `g0` and so on; values are whole, so that a sum does not
 * depend on the order of its records. Event time runs `speedUp` times as fast as the clock, so that windows close all the time.
 */
export class Records {
  constructor({ seed, keys, rate, speedUp }) {
    Object.assign(this, { seed, keys, stepMs: (1_000 * speedUp) / rate });
  }

  at(id) {
    const { seed, keys } = this;
    const bits = bitsAt(seed, id);
    const jitter = bitsAt(seed ^ 0x5bd1e995, id) % JITTER_MS;
    const g = `g${bitsAt(seed ^ 0x2545f491, id) % GROUPS}`;
    return { id, k: `k${bits % keys}`, g, ts: this.eventTimeMs(id) - jitter, v: (bits >>> 12) % 1000 };
  }

  /** Event time of the newest records once `sent` have been sent. */
  eventTimeMs(sent) {
    return BASE_MS + Math.floor(sent * this.stepMs);
  }

  /** The record that closes every window of a partition; its id is negative, its own window stays open. */
  closing(partition, sent, key) {
    return { id: -1 - partition, k: key, g: key, ts: this.eventTimeMs(sent) + DAY_MS, v: 0 };
  }
}
