import { PoisonRecordError } from '../errors';
import type { Fields } from '../pipeline/compiled-pipeline';

/** A record's value: its bytes, or its text if that is ASCII, so that its length is the number of its bytes. */
export type RecordValue = Uint8Array | string | null;

/** Turns a record's value into fields. Throws PoisonRecordError `not-decodable` or `too-large`. */
export type Decoder = (value: RecordValue) => Fields;

/** `fatal`: bytes that are no UTF-8 are refused rather than replaced, which would make different keys equal. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The text of a record's value. Measured with Node 24 on 75-byte JSON: 7 M/s, 1.5 M/s with JSON.parse after it; the
 * lenient decoder gives 1.65 M/s, building the string by char codes 0.6 to 1.2 M/s.
 */
export function textOf(value: RecordValue, maxBytes: number): string {
  if (value === null) throw new PoisonRecordError('not-decodable', 'the record has no value');
  if (value.length > maxBytes) {
    throw new PoisonRecordError('too-large', `the value has ${value.length} bytes, at most ${maxBytes} are taken`);
  }
  if (typeof value === 'string') return value;
  try {
    return utf8.decode(value);
  } catch {
    throw new PoisonRecordError('not-decodable', 'the value is no UTF-8 text');
  }
}
