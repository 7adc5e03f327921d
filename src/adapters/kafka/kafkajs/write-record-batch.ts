import { type ByteWriter, lengthOf, sizeOfContent, sizeOfVarint } from './byte-writer';
import { crc32c } from './crc32c';
import type { Content, ProducedMessage } from './internals';

const MAGIC = 2;
const TRANSACTIONAL = 0x10;
const HEADER_BYTES = 61;
/** Where in a batch its length, and what its checksum covers, begin. */
const [LENGTH_AT, AFTER_LENGTH, CRC_AT, ATTRIBUTES_AT] = [8, 12, 17, 21] as const;

export interface BatchIds {
  readonly producerId: string | number;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly transactional: boolean;
  /** Epoch ms, for messages without a timestamp. */
  readonly nowMs: number;
}

/**
 * An uncompressed record batch of format v2. Source: Kafka's protocol guide, "Record Batch".
 *
 * The same bytes as kafkajs's, but for one case: kafkajs takes the first and the last timestamp in the order of their
 * texts, this in the order of time.
 */
export function writeRecordBatch(writer: ByteWriter, messages: readonly ProducedMessage[], ids: BatchIds): void {
  const start = writer.position;
  const { first, last } = extentOf(messages, ids.nowMs);
  writer.reserve(HEADER_BYTES);
  writer.int64(0); // first offset: the broker's to say
  writer.int32(0); // length
  writer.int32(0); // leader epoch
  writer.int8(MAGIC);
  writer.int32(0); // checksum
  writer.int16(ids.transactional ? TRANSACTIONAL : 0);
  writer.int32(messages.length - 1);
  writer.int64(first);
  writer.int64(last);
  writer.int64(ids.producerId);
  writer.int16(ids.producerEpoch);
  writer.int32(ids.firstSequence);
  writer.int32(messages.length);
  const firstMs = Number(first);
  for (let i = 0; i < messages.length; i++) {
    const message = messages[i]!;
    writeRecord(writer, message, i, Number(message.timestamp ?? ids.nowMs) - firstMs);
  }
  writer.buf.writeInt32BE(writer.position - start - AFTER_LENGTH, start + LENGTH_AT);
  writer.buf.writeUInt32BE(crc32c(writer.buf, start + ATTRIBUTES_AT, writer.position), start + CRC_AT);
}

/** The earliest and the latest of the timestamps that are given, as they are given. */
function extentOf(messages: readonly ProducedMessage[], nowMs: number): Record<'first' | 'last', string | number> {
  let first: string | number | undefined;
  let last: string | number | undefined;
  for (const { timestamp } of messages) {
    if (timestamp === null || timestamp === undefined) continue;
    if (first === undefined || Number(timestamp) < Number(first)) first = timestamp;
    if (last === undefined || Number(timestamp) > Number(last)) last = timestamp;
  }
  return { first: first ?? nowMs, last: last ?? nowMs };
}

function writeRecord(writer: ByteWriter, message: ProducedMessage, offsetDelta: number, timestampDelta: number): void {
  const { key, value } = message;
  const headers = headersOf(message);
  const keyLength = lengthOf(key);
  const valueLength = lengthOf(value);
  const size =
    1 +
    sizeOfVarint(timestampDelta) +
    sizeOfVarint(offsetDelta) +
    sizeOfContent(keyLength) +
    sizeOfContent(valueLength) +
    sizeOfHeaders(headers);
  writer.reserve(sizeOfVarint(size) + size);
  writer.varint(size);
  writer.int8(0); // attributes: none are defined
  writer.varint(timestampDelta);
  writer.varint(offsetDelta);
  writer.varintContent(key, keyLength);
  writer.varintContent(value, valueLength);
  writer.varint(headers.length);
  for (const [name, content] of headers) {
    writer.varintContent(name, lengthOf(name));
    writer.varintContent(content, lengthOf(content));
  }
}

type Header = readonly [name: string, content: Content];
const NO_HEADERS: readonly Header[] = [];

/** A header with a list of values is written once for each of them. */
function headersOf({ headers }: ProducedMessage): readonly Header[] {
  if (!headers) return NO_HEADERS;
  const list: Header[] = [];
  for (const name of Object.keys(headers)) {
    const content = headers[name];
    if (Array.isArray(content)) for (const one of content as readonly Content[]) list.push([name, one]);
    else list.push([name, content as Content]);
  }
  return list;
}

function sizeOfHeaders(headers: readonly Header[]): number {
  let size = sizeOfVarint(headers.length);
  for (const [name, content] of headers) size += sizeOfContent(lengthOf(name)) + sizeOfContent(lengthOf(content));
  return size;
}
