/** Chance that is the same for the same seed: mulberry32, a generator of 32 bits. */
export class Seeded {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  /** From 0 to 1, without 1. */
  fraction() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    return mixed(this.state) / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low, high) {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  pick(list) {
    return list[this.between(0, list.length - 1)];
  }

  shuffled(list) {
    const copy = [...list];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.between(0, i);
      [copy[i], copy[j]] = [copy[j], copy[i]];
    }
    return copy;
  }
}

/** The 32 bits that belong to number `index` of the sequence `seed`, without those before it. */
export function bitsAt(seed, index) {
  return mixed((Math.imul(index + 1, 0x9e3779b1) ^ mixed(seed >>> 0)) >>> 0);
}

function mixed(state) {
  let bits = Math.imul(state ^ (state >>> 15), state | 1);
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
  return (bits ^ (bits >>> 14)) >>> 0;
}
