import { murmur3 } from '../aggregates/murmur3';

const SEED = 0x66656564;
const utf8 = new TextEncoder();
const hash = new Uint32Array(4);

/**
 * The ids of the last records, as 64-bit hashes, so that the state of a feed has a bound. Of a billion records of which
 * 20,000 are remembered, one in a million such feeds takes one for a repetition that is none.
 */
export class RememberedIds {
  private readonly ids: Set<string>;

  constructor(
    private readonly capacity: number,
    encoded: readonly string[],
  ) {
    this.ids = new Set(encoded);
  }

  /** Whether the id is among the last ones; remembers it as the newest. */
  isRepeated(id: string): boolean {
    const short = shortened(id);
    const known = this.ids.delete(short);
    this.ids.add(short);
    if (this.ids.size > this.capacity) this.ids.delete(this.ids.values().next().value!);
    return known;
  }

  /** The oldest first. */
  encoded(): readonly string[] {
    return [...this.ids];
  }
}

function shortened(id: string): string {
  const bytes = utf8.encode(id);
  murmur3(bytes, bytes.length, SEED, hash);
  return hash[0]!.toString(36) + hash[1]!.toString(36).padStart(7, '0');
}
