import type { IncomingMessage } from 'node:http';
import { messageOf } from '../core/errors';
import { bodyTooLarge, notUnderstood, wrongContentType } from './ingest-problems';
import { linesOf } from './lines';

export const MAX_BODY_BYTES = 16 * 2 ** 20;
export const MAX_RECORDS = 50_000;

const NDJSON = /^application\/(x-ndjson|ndjson|jsonl|x-jsonlines|json-lines)$/;

/** The body of a request. Throws a 413 as soon as it is longer than it may be. */
export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw bodyTooLarge(`The body may have ${MAX_BODY_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * The records of a body, each as its own JSON text: one record or an array for `application/json`, one a line for NDJSON.
 * Throws a 400, 413 or 415.
 */
export async function recordsOf(body: Buffer, contentType: string | undefined): Promise<readonly Uint8Array[]> {
  const mediaType = (contentType ?? 'application/json').split(';')[0]!.trim().toLowerCase();
  const isNdjson = NDJSON.test(mediaType);
  if (!isNdjson && mediaType !== 'application/json') throw wrongContentType(mediaType);
  const records = isNdjson ? await ndjsonRecords(body) : jsonRecords(body);
  if (records.length === 0) throw notUnderstood('There is no record in the body.');
  if (records.length > MAX_RECORDS) throw bodyTooLarge(`A request may have ${MAX_RECORDS} records.`);
  return records;
}

async function ndjsonRecords(body: Buffer): Promise<readonly Uint8Array[]> {
  const records: Uint8Array[] = [];
  const chunks = (async function* () {
    yield await Promise.resolve(body);
  })();
  for await (const lines of linesOf(chunks)) for (const { value } of lines) records.push(value);
  return records;
}

/** A single record keeps its very bytes; the members of an array are written anew. */
function jsonRecords(body: Buffer): readonly Uint8Array[] {
  const parsed = parse(body);
  return Array.isArray(parsed) ? parsed.map(written) : [body];
}

function written(record: unknown): Buffer {
  try {
    return Buffer.from(JSON.stringify(record));
  } catch (thrown) {
    // JSON.parse takes any depth of nesting, JSON.stringify some thousands.
    throw notUnderstood(`A record cannot be written anew: ${messageOf(thrown)}; send it alone or as NDJSON.`);
  }
}

function parse(body: Buffer): unknown {
  if (body.length === 0) throw notUnderstood('The body is empty.');
  try {
    return JSON.parse(body.toString());
  } catch (thrown) {
    throw notUnderstood(`The body is no JSON: ${messageOf(thrown)}`);
  }
}
