const BYTES_OF_LARGEST_VARINT = 10;

/** Reads the varints of records, at `position`. At the end of the bytes it reads zeros: who knows the lengths checks. */
export class ByteReader {
  constructor(
    readonly bytes: Buffer,
    public position: number,
  ) {}

  /** A zigzag-encoded whole number; exact up to 52 bits, also for what the protocol calls a varlong. */
  varint(): number {
    const first = this.bytes[this.position++]!;
    if (first < 128) return (first >>> 1) ^ -(first & 1);
    const second = this.bytes[this.position++]!;
    if (second < 128) return fromZigzag((first & 127) | (second << 7));
    return fromZigzag(this.rest((first & 127) | ((second & 127) << 7)));
  }

  /** Passes over bytes of a length read before; a length of -1 stands for null, and has none. */
  skip(length: number): void {
    if (length > 0) this.position += length;
  }

  private rest(low: number): number {
    let value = low;
    let weight = 2 ** 14;
    for (let i = 2; i < BYTES_OF_LARGEST_VARINT; i++) {
      const byte = this.bytes[this.position++] ?? 0;
      value += (byte & 127) * weight;
      if (byte < 128) break;
      weight *= 128;
    }
    return value;
  }
}

function fromZigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
