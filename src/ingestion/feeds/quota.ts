/** Between two batches of a paced feed, ms: four commits a second are cheap, and the page still moves smoothly. */
export const TICK_MS = 250;
/** After a pause, however long, at most so much is made up for, ms. */
const MOST_MS = 2_000;
/** Of one batch, whatever the rate. */
const MOST_RECORDS = 20_000;

/** Says how many records are due, so that they come at a rate. */
export class Quota {
  private lastMs: number | undefined;
  private fraction = 0;

  constructor(private readonly perSecond: number) {}

  /** Whole records that are due; they count as taken. */
  takeAt(nowMs: number): number {
    const elapsedMs = this.lastMs === undefined ? TICK_MS : Math.max(0, nowMs - this.lastMs);
    this.lastMs = nowMs;
    const due = this.fraction + (Math.min(elapsedMs, MOST_MS) * this.perSecond) / 1000;
    const whole = Math.min(Math.floor(due), MOST_RECORDS);
    this.fraction = Math.min(due - whole, 1);
    return whole;
  }

  /** When the next batch is due, epoch ms. */
  get dueAtMs(): number {
    return this.lastMs === undefined ? 0 : this.lastMs + Math.max(TICK_MS, 1000 / this.perSecond);
  }
}
