import type { ByteReader, ByteWriter } from '../aggregates/bytes';

/** Weight of what was learned one sample earlier: half is forgotten after 6,900 samples, 9.5 months of hours. */
const MEMORY = 0.9999;
/** The inverse of how firmly weights are held at 0 before anything is learned. */
const FIRST_VARIANCE = 0.1;
/** Where features stand still, forgetting would let the variance of their weights grow for ever: from here on nothing is forgotten. */
const MOST_VARIANCE = 100;

/**
 * Linear regression that learns one sample at a time: recursive least squares with forgetting. After each sample the
 * weights are those that a weighted ridge regression over all samples so far would give.
 * Source: S. Haykin, Adaptive Filter Theory, 4th edition, section 9.3.
 *
 * Only sums, products, quotients: every engine of IEEE 754 doubles gives the same bits.
 */
export class RecursiveLeastSquares {
  private readonly gain: Float64Array;

  private constructor(
    private readonly weights: Float64Array,
    /** Symmetric; whole, by rows. */
    private readonly covariance: Float64Array,
  ) {
    this.gain = new Float64Array(weights.length);
  }

  static of(size: number): RecursiveLeastSquares {
    const covariance = new Float64Array(size * size);
    for (let i = 0; i < size; i++) covariance[i * size + i] = FIRST_VARIANCE;
    return new RecursiveLeastSquares(new Float64Array(size), covariance);
  }

  predict(features: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < this.weights.length; i++) sum += this.weights[i]! * features[i]!;
    return sum;
  }

  /** Learns that a prediction from these features was `error` too small. `trust` is the weight of the sample, above 0. */
  learn(features: Float64Array, error: number, trust: number): void {
    const { weights, gain } = this;
    const size = weights.length;
    const memory = this.greatestVariance() < MOST_VARIANCE ? MEMORY : 1;
    const denominator = memory / trust + this.computeGain(features);
    for (let i = 0; i < size; i++) weights[i]! += (gain[i]! / denominator) * error;
    this.shrinkCovariance(denominator, memory);
  }

  weight(i: number): number {
    return this.weights[i]!;
  }

  /** The gain is the covariance times the features; returns their product with it. */
  private computeGain(features: Float64Array): number {
    const { covariance, gain } = this;
    const size = gain.length;
    let product = 0;
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += covariance[i * size + j]! * features[j]!;
      gain[i] = sum;
      product += features[i]! * sum;
    }
    return product;
  }

  /** Both halves get the same value, so that rounding never makes it less than symmetric. */
  private shrinkCovariance(denominator: number, memory: number): void {
    const { covariance, gain } = this;
    const size = gain.length;
    for (let i = 0; i < size; i++) {
      for (let j = i; j < size; j++) {
        const value = (covariance[i * size + j]! - (gain[i]! * gain[j]!) / denominator) / memory;
        covariance[i * size + j] = value;
        covariance[j * size + i] = value;
      }
    }
  }

  private greatestVariance(): number {
    const size = this.weights.length;
    let greatest = 0;
    for (let i = 0; i < size; i++) greatest = Math.max(greatest, this.covariance[i * size + i]!);
    return greatest;
  }

  write(writer: ByteWriter): void {
    const size = this.weights.length;
    for (const weight of this.weights) writer.float64(weight);
    for (let i = 0; i < size; i++) for (let j = i; j < size; j++) writer.float64(this.covariance[i * size + j]!);
  }

  static read(reader: ByteReader, size: number): RecursiveLeastSquares {
    const weights = Float64Array.from({ length: size }, () => reader.float64());
    const covariance = new Float64Array(size * size);
    for (let i = 0; i < size; i++) {
      for (let j = i; j < size; j++) covariance[j * size + i] = covariance[i * size + j] = reader.float64();
    }
    return new RecursiveLeastSquares(weights, covariance);
  }
}
