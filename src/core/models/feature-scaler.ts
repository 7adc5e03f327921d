import type { ByteReader, ByteWriter } from '../aggregates/bytes';

/** Beyond so many deviations a feature says no more than that it is extreme; one broken sensor must not turn the weights. */
const MOST_DEVIATIONS = 4;

/**
 * Brings each feature to mean 0 and deviation 1, as known so far: B. P. Welford's running mean and variance (1962). What
 * is missing becomes 0, the mean.
 */
export class FeatureScaler {
  private constructor(
    private readonly counts: Float64Array,
    private readonly means: Float64Array,
    private readonly squares: Float64Array,
  ) {}

  static of(size: number): FeatureScaler {
    return new FeatureScaler(new Float64Array(size), new Float64Array(size), new Float64Array(size));
  }

  /** Takes note of one vector of features; `NaN` stands for a missing one. */
  observe(raw: Float64Array): void {
    for (let i = 0; i < this.counts.length; i++) {
      const value = raw[i]!;
      if (Number.isNaN(value)) continue;
      this.counts[i]! += 1;
      const before = value - this.means[i]!;
      this.means[i]! += before / this.counts[i]!;
      this.squares[i]! += before * (value - this.means[i]!);
    }
  }

  /** Writes the scaled features to the first places of `into`. */
  scale(raw: Float64Array, into: Float64Array): void {
    for (let i = 0; i < this.counts.length; i++) {
      const deviation = this.deviation(i);
      const scaled = deviation > 0 ? (raw[i]! - this.means[i]!) / deviation : 0;
      into[i] = Number.isNaN(scaled) ? 0 : Math.max(-MOST_DEVIATIONS, Math.min(MOST_DEVIATIONS, scaled));
    }
  }

  mean(i: number): number {
    return this.means[i]!;
  }

  deviation(i: number): number {
    return this.counts[i]! > 0 ? Math.sqrt(this.squares[i]! / this.counts[i]!) : 0;
  }

  write(writer: ByteWriter): void {
    for (const part of [this.counts, this.means, this.squares]) for (const value of part) writer.float64(value);
  }

  static read(reader: ByteReader, size: number): FeatureScaler {
    const part = (): Float64Array => Float64Array.from({ length: size }, () => reader.float64());
    return new FeatureScaler(part(), part(), part());
  }
}
