import type { Content, Encoded } from './internals';

/** Writes Kafka's primitive types into one buffer that grows, at `position`; big-endian, varints zigzag-encoded. */
export class ByteWriter implements Encoded {
  buf = Buffer.allocUnsafe(4_096);
  position = 0;

  /** What has been written. */
  get buffer(): Buffer {
    return this.buf.subarray(0, this.position);
  }

  size(): number {
    return this.position;
  }

  /** Makes room for `length` bytes, as each of the methods below that are named for a number needs it. */
  reserve(length: number): void {
    if (this.position + length <= this.buf.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.buf.length, this.position + length));
    this.buf.copy(larger, 0, 0, this.position);
    this.buf = larger;
  }

  int8(value: number): void {
    this.position = this.buf.writeInt8(value, this.position);
  }

  int16(value: number): void {
    this.position = this.buf.writeInt16BE(value, this.position);
  }

  int32(value: number): void {
    this.position = this.buf.writeInt32BE(value, this.position);
  }

  /** A whole number, as a number or as text. */
  int64(value: string | number): void {
    this.position = this.buf.writeBigInt64BE(BigInt(value), this.position);
  }

  /** A whole number of at most 52 bits, exactly; also for what the protocol calls a varlong. */
  varint(value: number): void {
    const { buf } = this;
    let left = zigzag(value);
    for (; left > 0x7fff_ffff; left = Math.floor(left / 128)) buf[this.position++] = (left % 128) | 128;
    for (; left > 127; left >>>= 7) buf[this.position++] = (left & 127) | 128;
    buf[this.position++] = left;
  }

  /** Text of at most 32 KiB, or -1 for none, with an int16 for its length. Makes its own room. */
  text(value: string | null): void {
    const length = lengthOf(value);
    this.reserve(2 + Math.max(0, length));
    this.int16(length);
    this.content(value, length);
  }

  /** Bytes or text of a known length; nothing for a length of -1. */
  content(content: Content, length: number): void {
    if (length <= 0) return;
    if (Buffer.isBuffer(content)) content.copy(this.buf, this.position);
    else this.buf.write(String(content), this.position, length);
    this.position += length;
  }

  /** As {@link content}, after a varint for its length. */
  varintContent(content: Content, length: number): void {
    this.varint(length);
    this.content(content, length);
  }
}

/** In bytes; -1 for null, as Kafka writes it. What is neither a Buffer nor text is written as text, as kafkajs does. */
export function lengthOf(content: Content): number {
  if (content === null || content === undefined) return -1;
  return Buffer.isBuffer(content) ? content.length : Buffer.byteLength(String(content));
}

/** How many bytes {@link ByteWriter.varint} takes. */
export function sizeOfVarint(value: number): number {
  let size = 1;
  for (let left = zigzag(value); left > 127; left = Math.floor(left / 128)) size++;
  return size;
}

/** How many bytes {@link ByteWriter.varintContent} takes. */
export function sizeOfContent(length: number): number {
  return sizeOfVarint(length) + Math.max(0, length);
}

function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}
