import { randomInt } from 'node:crypto';

/** Whole numbers of one test run; MILLRACE_TEST_SEED gives those of an earlier run again. */
export class Seeded {
  private state: number;

  /** Prints the seed, with what it decides. */
  constructor(what: string) {
    this.state = Number(process.env['MILLRACE_TEST_SEED'] ?? randomInt(2 ** 31));
    process.stderr.write(`MILLRACE_TEST_SEED=${this.state}: ${what}\n`);
  }

  /** From `low` to `high`, both included. The generator is mulberry32, by Tommy Ettinger, in the public domain. */
  between(low: number, high: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return low + (((bits ^ (bits >>> 14)) >>> 0) % (high - low + 1));
  }
}
