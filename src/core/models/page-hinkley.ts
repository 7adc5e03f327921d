import type { ByteReader, ByteWriter } from '../aggregates/bytes';

/** Growth below this share of the mean is not looked at. */
const TOLERANCE = 0.1;
/** How much growth has to add up, in means: errors twice as large as before are seen after about 60 samples. */
const THRESHOLD = 50;
/** A mean of fewer samples says nothing yet. */
const LEAST_SAMPLES = 100;

/**
 * Says when errors have become larger for good: the Page–Hinkley test on errors in units of their mean so far. After an
 * alarm it starts anew, so that the next one is about the time since.
 * Source: E. S. Page, Continuous Inspection Schemes (1954); J. Gama et al., A Survey on Concept Drift Adaptation (2014).
 */
export class PageHinkley {
  private constructor(
    private samples: number,
    private mean: number,
    private sum: number,
    private least: number,
  ) {}

  static fresh(): PageHinkley {
    return new PageHinkley(0, 0, 0, 0);
  }

  /** Whether errors are larger now than they were; `error` is at least 0. */
  observe(error: number): boolean {
    this.samples++;
    this.mean += (error - this.mean) / this.samples;
    if (this.samples < LEAST_SAMPLES || this.mean === 0) return false;
    this.sum += error / this.mean - 1 - TOLERANCE;
    this.least = Math.min(this.least, this.sum);
    if (this.sum - this.least <= THRESHOLD) return false;
    this.samples = this.mean = this.sum = this.least = 0;
    return true;
  }

  write(writer: ByteWriter): void {
    for (const value of [this.samples, this.mean, this.sum, this.least]) writer.float64(value);
  }

  static read(reader: ByteReader): PageHinkley {
    return new PageHinkley(reader.float64(), reader.float64(), reader.float64(), reader.float64());
  }
}
