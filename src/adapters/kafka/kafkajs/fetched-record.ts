import type { SourceRecord } from '../../../core/ports/record-source.port';
import { ByteReader } from './byte-reader';
import type { RecordBatchBytes } from './record-batch';

type Header = Buffer | null;

const NO_HEADERS: Record<string, Header> = Object.freeze({});

/**
 * A record that stays in the bytes of its fetch until it is looked at: views of key and value are made when they are asked
 * for, each time. Has what kafkajs's messages have, but the offset is a bigint, which kafkajs takes as well.
 */
export class FetchedRecord implements SourceRecord {
  readonly offset: bigint;
  private readonly timestampDelta: number;
  /** Lengths are -1 for null. */
  private readonly keyAt: number;
  private readonly keyLength: number;
  private readonly valueAt: number;
  private readonly valueLength: number;

  /** Takes the record at which the reader stands, and leaves the reader after it. Throws RangeError for a broken one. */
  constructor(
    private readonly batch: RecordBatchBytes,
    reader: ByteReader,
  ) {
    const length = reader.varint();
    const end = reader.position + length;
    reader.skip(1); // attributes: none are defined
    this.timestampDelta = reader.varint();
    this.offset = batch.firstOffset + BigInt(reader.varint());
    this.keyLength = reader.varint();
    this.keyAt = reader.position;
    reader.skip(this.keyLength);
    this.valueLength = reader.varint();
    this.valueAt = reader.position;
    reader.skip(this.valueLength);
    if (!(reader.position <= end && end <= batch.bytes.length)) {
      throw new RangeError(`The record at offset ${this.offset} is broken: its parts do not fit its length`);
    }
    reader.position = end;
  }

  get timestampMs(): number {
    return this.batch.appendTimeMs ?? this.batch.firstTimestampMs + this.timestampDelta;
  }

  get timestamp(): string {
    return String(this.timestampMs);
  }

  get key(): Buffer | null {
    return viewOf(this.batch, this.keyAt, this.keyLength);
  }

  get value(): Buffer | null {
    return viewOf(this.batch, this.valueAt, this.valueLength);
  }

  /** Without a view of the bytes, which would cost as much as the text. */
  get asciiValue(): string | undefined {
    const { valueAt, valueLength } = this;
    if (valueLength < 0 || !isAscii(this.batch, valueAt, valueAt + valueLength)) return undefined;
    return this.batch.bytes.toString('latin1', valueAt, valueAt + valueLength);
  }

  get headers(): Record<string, Header | Header[]> {
    const at = this.valueAt + Math.max(0, this.valueLength);
    // Every record is asked for its headers, and few have any: a varint of 0 is one byte.
    if (this.batch.bytes[at] === 0) return NO_HEADERS;
    const headers = new Map<string, Header | Header[]>();
    const reader = new ByteReader(this.batch.bytes, at);
    for (let left = reader.varint(); left > 0; left--) {
      const name = String(contentAt(this.batch, reader));
      const content = contentAt(this.batch, reader);
      const before = headers.get(name);
      headers.set(name, before === undefined ? content : [before, content].flat());
    }
    return Object.fromEntries(headers);
  }
}

function contentAt(batch: RecordBatchBytes, reader: ByteReader): Buffer | null {
  const length = reader.varint();
  const at = reader.position;
  reader.skip(length);
  return viewOf(batch, at, length);
}

function viewOf({ bytes }: RecordBatchBytes, at: number, length: number): Buffer | null {
  return length < 0 ? null : bytes.subarray(at, at + length);
}

/** Four bytes at a time: a quarter of the time that byte by byte takes for a record of 85. */
function isAscii({ view, bytes }: RecordBatchBytes, start: number, end: number): boolean {
  let bits = 0;
  let i = start;
  for (; i + 4 <= end; i += 4) bits |= view.getInt32(i);
  bits &= 0x8080_8080;
  for (; i < end; i++) bits |= bytes[i]! & 0x80;
  return bits === 0;
}
