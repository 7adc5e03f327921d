/** Numbers in [0, 1) that follow from a seed (mulberry32, public domain, Tommy Ettinger). Not for secrets. */
export class SeededRandom {
  private state = 0;

  /** Begins anew: equal seeds and steps give equal numbers. */
  begin(seed: number, step: number): void {
    // Two rounds of mixing, so that neighbouring steps have nothing in common.
    this.state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(step + 1, 0xc2b2ae35)) >>> 0;
    this.next();
    this.next();
  }

  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}
