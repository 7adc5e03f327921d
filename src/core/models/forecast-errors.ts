import type { ByteReader, ByteWriter } from '../aggregates/bytes';

/** How much of the newest error is taken over into recent means: about the last 720, a month of hours. */
const RECENT = 1 / 720;

/** How wrong the model was, beside the two guesses that need no model: mean absolute errors. */
export interface MeanErrors {
  readonly model: number;
  /** Of "the same as the last reading". */
  readonly last: number;
  /** Of "the mean of all readings so far". */
  readonly mean: number;
}

/**
 * Prequential errors: each prediction is judged by the reading that comes after it, before the model learns from it.
 * Source: A. P. Dawid, Present Position and Potential Developments: The Prequential Approach (1984).
 */
export class ForecastErrors {
  private constructor(
    private scored: number,
    private readonly sums: Float64Array,
    private readonly recents: Float64Array,
  ) {}

  static fresh(): ForecastErrors {
    return new ForecastErrors(0, new Float64Array(3), new Float64Array(3));
  }

  get count(): number {
    return this.scored;
  }

  add({ model, last, mean }: MeanErrors): void {
    this.scored++;
    const share = Math.max(RECENT, 1 / this.scored);
    [model, last, mean].forEach((error, i) => {
      this.sums[i]! += error;
      this.recents[i]! += (error - this.recents[i]!) * share;
    });
  }

  /** Over all predictions; `undefined` before the first was judged. */
  get overall(): MeanErrors | undefined {
    const [model, last, mean] = Array.from(this.sums, (sum) => sum / this.scored) as [number, number, number];
    return this.scored > 0 ? { model, last, mean } : undefined;
  }

  /** Over about the last 720, newer ones counting more. */
  get recent(): MeanErrors | undefined {
    const [model, last, mean] = this.recents as unknown as [number, number, number];
    return this.scored > 0 ? { model, last, mean } : undefined;
  }

  write(writer: ByteWriter): void {
    writer.varint(this.scored);
    for (const part of [this.sums, this.recents]) for (const value of part) writer.float64(value);
  }

  static read(reader: ByteReader): ForecastErrors {
    const scored = reader.varint();
    const part = (): Float64Array => Float64Array.from({ length: 3 }, () => reader.float64());
    return new ForecastErrors(scored, part(), part());
  }
}
