import type { RateVerdict } from '../ports/rate-limiter.port';
import type { RateLimit } from './rate-limit';
import { type Limited, verdict } from './verdict';

/** Parts of a window that are counted apart. */
const SLOTS = 1000;

interface Slot {
  readonly slot: number;
  units: number;
}

/**
 * Counts by slots of a thousandth of the window, at least 1 ms; one is free again when its last moment lies a window back, so
 * that no span of `windowMs` passes more than the limit. The script `rate-sliding-window-2.lua` does the same.
 */
export class SlidingWindow implements Limited {
  private readonly slotMs: number;
  private readonly slots: Slot[] = [];
  private used = 0;

  constructor(private readonly limit: RateLimit) {
    this.slotMs = Math.max(1, limit.windowMs / SLOTS);
  }

  take(units: number, nowMs: number): RateVerdict {
    const { units: most } = this.limit;
    while (this.slots[0] && this.freeAtMs(this.slots[0]) <= nowMs) this.used -= this.slots.shift()!.units;
    const isAllowed = this.used + units <= most || this.used === 0;
    if (isAllowed && units > 0) this.add(units, nowMs);
    const last = this.slots.at(-1);
    const resetMs = last ? this.freeAtMs(last) - nowMs : 0;
    return verdict(isAllowed, most - this.used, this.waitMs(units, nowMs), resetMs);
  }

  private add(units: number, nowMs: number): void {
    const last = this.slots.at(-1);
    const slot = Math.max(last?.slot ?? 0, Math.floor(nowMs / this.slotMs));
    if (last?.slot === slot) last.units += units;
    else this.slots.push({ slot, units });
    this.used += units;
  }

  private freeAtMs({ slot }: Slot): number {
    return (slot + 1) * this.slotMs + this.limit.windowMs;
  }

  /** Until enough of the oldest slots are free. */
  private waitMs(units: number, nowMs: number): number {
    let left = this.used;
    for (const slot of this.slots) {
      left -= slot.units;
      if (left + units <= this.limit.units || left === 0) return this.freeAtMs(slot) - nowMs;
    }
    return 0;
  }
}
