import { addToBuckets, type Buckets, greatestOfBucket, inOrder } from '../core/aggregates/dd-sketch';

/** How late the records of a pipeline are, and which grace would have kept them. Times in ms. */
export interface LatenessFigures {
  /** Records with an event time that were accepted or late. */
  readonly records: number;
  readonly lateRecords: number;
  /** `W - end` of late records; null without any. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  /** The least grace that would have kept this part of all records; null if they were kept as it was. */
  readonly grace99Ms: number | null;
  readonly grace999Ms: number | null;
}

/** What shares of up to a billion records are off by as binary fractions; less than a thousandth of a record. */
const ROUNDING = 1e-6;

/**
 * Counts accepted and late records of one pipeline in this process, whatever becomes of the late ones. Lateness goes into a
 * DDSketch: what it says of it is at most 2 % too great and never too small, so that the grace it names really keeps the
 * records. Records that are processed again, after a rebalance say, count again.
 */
export class LatenessSketch {
  private accepted = 0;
  private late = 0;
  private maxMs = -Infinity;
  /** Of the least whole grace that keeps a record: one ms more than its lateness. */
  private readonly graces: Buckets = new Map();

  addAccepted(records: number): void {
    this.accepted += records;
  }

  addLate(latenessMs: number): void {
    this.late++;
    this.maxMs = Math.max(this.maxMs, latenessMs);
    addToBuckets(this.graces, latenessMs + 1);
  }

  figures(): LatenessFigures {
    const { accepted, late } = this;
    const ofLate = (share: number): number | null => (late === 0 ? null : this.graceKeeping(share * late) - 1);
    const ofAll = (share: number): number | null => {
      const missing = Math.ceil(share * (accepted + late) - ROUNDING) - accepted;
      return missing <= 0 ? null : this.graceKeeping(missing);
    };
    return {
      records: accepted + late,
      lateRecords: late,
      p50Ms: ofLate(0.5),
      p99Ms: ofLate(0.99),
      maxMs: late === 0 ? null : this.maxMs,
      grace99Ms: ofAll(0.99),
      grace999Ms: ofAll(0.999),
    };
  }

  /** A whole grace that keeps at least so many of the late records. */
  private graceKeeping(records: number): number {
    let kept = 0;
    for (const [index, count] of inOrder(this.graces)) {
      kept += count;
      if (kept >= records) return Math.min(Math.ceil(greatestOfBucket(index)), this.maxMs + 1);
    }
    return this.maxMs + 1;
  }
}
