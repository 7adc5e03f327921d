import type { OutgoingRecord } from '../../core/ports/record-producer.port';

export const MAX_CHUNK_RECORDS = 2_000;
export const MAX_CHUNK_BYTES = 1_000_000;

/** Cuts records, in their order, into requests of bounded size; a single larger record goes alone. */
export function* recordChunks(records: readonly OutgoingRecord[]): Generator<readonly OutgoingRecord[]> {
  let chunk: OutgoingRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = byteLength(record.key) + byteLength(record.value);
    if (chunk.length > 0 && (chunk.length >= MAX_CHUNK_RECORDS || bytes + size > MAX_CHUNK_BYTES)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(record);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

function byteLength(content: Uint8Array | string | null): number {
  if (content === null) return 0;
  return typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
}
