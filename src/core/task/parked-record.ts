import { ByteReader, ByteWriter } from '../aggregates/bytes';
import { expectVersion } from '../aggregates/version';
import type { HeaderContent, RecordHeaders, SourceRecord } from '../ports/record-source.port';
import type { RecordOrigin } from '../repartition/record-origin';

const VERSION = 1;
const NULL = 0;
const ONE = 1;
const LIST = 2;

/** A record that waits for its key, as the task read it. */
export interface ParkedRecord {
  readonly keyText: string;
  readonly record: SourceRecord;
}

const writer = new ByteWriter();
const utf8 = new TextEncoder();

/** Version byte, key, offset, timestamp, message key, value, headers, and where a record of a repartition topic comes from. */
export function encodeParked({ keyText, record }: ParkedRecord): Uint8Array {
  const { offset, timestampMs, key, value, headers = {}, origin } = record;
  writer.uint8(VERSION);
  writer.text(keyText.toWellFormed());
  writer.bigUint64(offset);
  writer.float64(timestampMs);
  writeBytes(key);
  writeBytes(value);
  writeHeaders(headers);
  writer.uint8(origin ? ONE : NULL);
  if (origin) writeOrigin(origin);
  return writer.take();
}

/** Throws FatalError for a version that this build does not know. What it returns shares memory with `bytes`. */
export function decodeParked(bytes: Uint8Array): ParkedRecord {
  const reader = new ByteReader(bytes);
  expectVersion(reader, 'a parked record', VERSION);
  const keyText = reader.text();
  const record = {
    offset: reader.bigUint64(),
    timestampMs: reader.float64(),
    key: readBytes(reader),
    value: readBytes(reader),
    headers: readHeaders(reader),
  };
  return { keyText, record: reader.uint8() === ONE ? { ...record, origin: readOrigin(reader) } : record };
}

function writeBytes(content: HeaderContent): void {
  writer.uint8(content === null ? NULL : ONE);
  if (content === null) return;
  const bytes = typeof content === 'string' ? utf8.encode(content) : content;
  writer.varint(bytes.length);
  writer.raw(bytes);
}

function readBytes(reader: ByteReader): Uint8Array | null {
  return reader.uint8() === NULL ? null : reader.raw(reader.varint());
}

function writeHeaders(headers: RecordHeaders): void {
  const entries = Object.entries(headers);
  writer.varint(entries.length);
  for (const [name, content] of entries) {
    writer.text(name.toWellFormed());
    const isList = Array.isArray(content);
    const contents = (isList ? content : [content]) as readonly HeaderContent[];
    writer.uint8(isList ? LIST : ONE);
    writer.varint(contents.length);
    contents.forEach(writeBytes);
  }
}

function readHeaders(reader: ByteReader): RecordHeaders {
  const headers: Record<string, RecordHeaders[string]> = {};
  for (let left = reader.varint(); left > 0; left--) {
    const name = reader.text();
    const isList = reader.uint8() === LIST;
    const contents = Array.from({ length: reader.varint() }, () => readBytes(reader));
    headers[name] = isList ? contents : (contents[0] ?? null);
  }
  return headers;
}

function writeOrigin({ partition, offset, index, watermarkMs }: RecordOrigin): void {
  writer.varint(partition);
  writer.bigUint64(offset);
  writer.varint(index);
  writer.float64(watermarkMs);
}

/** A mark carries no record: none is ever parked. */
function readOrigin(reader: ByteReader): RecordOrigin {
  return {
    partition: reader.varint(),
    offset: reader.bigUint64(),
    index: reader.varint(),
    watermarkMs: reader.float64(),
    isMark: false,
  };
}
