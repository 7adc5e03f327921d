import { TokenBucket } from '../../../src/ingestion/token-bucket';

describe('token bucket', () => {
  let nowMs: number;
  let bucket: TokenBucket;

  beforeEach(() => {
    nowMs = 1_000_000;
    bucket = new TokenBucket(10, 20, { now: () => nowMs });
  });

  it('lets a burst pass, then tells how long to wait', () => {
    expect(bucket.take(20)).toBe(0);
    expect(bucket.take(5)).toBe(500);
    nowMs += 499;
    expect(bucket.take(5)).toBeCloseTo(1);
    nowMs += 1;
    expect(bucket.take(5)).toBe(0);
  });

  it('holds no more than a burst, however long nothing passes', () => {
    nowMs += 3_600_000;
    expect(bucket.take(20)).toBe(0);
    expect(bucket.take(1)).toBe(100);
  });

  it('lets a request larger than the burst pass when it is full, at the cost of those after it', () => {
    expect(bucket.take(50)).toBe(0);
    expect(bucket.take(1)).toBe(3_100);
  });

  it('brings no tokens when the clock is set back', () => {
    bucket.take(20);
    nowMs -= 60_000;
    expect(bucket.take(1)).toBe(100);
    nowMs += 100;
    expect(bucket.take(1)).toBe(0);
  });
});
