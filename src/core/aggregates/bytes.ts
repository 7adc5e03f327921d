const INITIAL_BYTES = 256;
/** No UTF-16 unit takes more bytes in UTF-8. */
const MAX_BYTES_OF_UNIT = 3;
const MAX_BYTES_OF_VARINT = 8;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Appends numbers to a growing buffer, little-endian. Reused: `take` copies the bytes out and starts anew. */
export class ByteWriter {
  private bytes = new Uint8Array(INITIAL_BYTES);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  uint8(value: number): void {
    this.reserve(1);
    this.view.setUint8(this.length, value);
    this.length += 1;
  }

  float64(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  bigUint64(value: bigint): void {
    this.reserve(8);
    this.view.setBigUint64(this.length, value, true);
    this.length += 8;
  }

  /** A whole number from 0 to 2^53 - 1 in 1 to 8 bytes: seven bits in each, low ones first (LEB128). */
  varint(value: number): void {
    this.reserve(MAX_BYTES_OF_VARINT);
    let rest = value;
    while (rest > 127) {
      this.bytes[this.length++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.length++] = rest;
  }

  /** Well-formed text: its length in bytes, then UTF-8. */
  text(value: string): void {
    const room = value.length * MAX_BYTES_OF_UNIT;
    if (room > 127) return this.longText(value);
    this.reserve(room + 1);
    const { written } = encoder.encodeInto(value, this.bytes.subarray(this.length + 1));
    this.bytes[this.length] = written;
    this.length += written + 1;
  }

  private longText(value: string): void {
    const encoded = encoder.encode(value);
    this.varint(encoded.length);
    this.raw(encoded);
  }

  /** Bytes whose number the reader knows. */
  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  take(): Uint8Array {
    const taken = this.bytes.slice(0, this.length);
    this.length = 0;
    return taken;
  }

  private reserve(extra: number): void {
    if (this.length + extra <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + extra));
    larger.set(this.bytes);
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

/** Reads what {@link ByteWriter} wrote, in the same order. Throws RangeError past the end. */
export class ByteReader {
  private readonly view: DataView;
  private position = 0;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint8(): number {
    return this.view.getUint8(this.position++);
  }

  float64(): number {
    const value = this.view.getFloat64(this.position, true);
    this.position += 8;
    return value;
  }

  bigUint64(): bigint {
    const value = this.view.getBigUint64(this.position, true);
    this.position += 8;
    return value;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.uint8();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  /** Throws TypeError for bytes that are no UTF-8. */
  text(): string {
    return decoder.decode(this.raw(this.varint()));
  }

  /** All that was not read, as a view of it. */
  rest(): Uint8Array {
    return this.raw(this.view.byteLength - this.position);
  }

  /** All that was not read, as a view of it, which stays to be read. */
  ahead(): Uint8Array {
    const { buffer, byteOffset, byteLength } = this.view;
    return new Uint8Array(buffer, byteOffset + this.position, byteLength - this.position);
  }

  /** The next `length` bytes, as a view of what is read. */
  raw(length: number): Uint8Array {
    const { buffer, byteOffset } = this.view;
    if (this.position + length > this.view.byteLength) throw new RangeError('The bytes end too early');
    const bytes = new Uint8Array(buffer, byteOffset + this.position, length);
    this.position += length;
    return bytes;
  }
}
