import type { ICustomPartitioner, IHeaders, Message } from 'kafkajs';
import { partitionOf } from '../../core/partitioning/murmur2';
import type { OutgoingRecord } from '../../core/ports/record-producer.port';
import type { HeaderContent, RecordHeaders } from '../../core/ports/record-source.port';

/** A kafkajs message that remembers where it goes. */
export interface OutgoingMessage extends Message {
  readonly key: Buffer | null;
  /** Text stays text until it is written into the request. */
  readonly value: Buffer | string | null;
  /** Set by the sender or on the first attempt, and kept, so that a retry is the same batch even if partitions were added meanwhile. */
  assigned?: number;
  readonly bytes: number;
}

/** What a record batch spends on one record beside key, value and headers, at most. */
const RECORD_OVERHEAD_BYTES = 40;

export function toMessage(record: OutgoingRecord): OutgoingMessage {
  const { key, value, partition, timestampMs, headers, sourceHeaders } = record;
  const keyBytes = typeof key === 'string' ? Buffer.from(key) : asBuffer(key);
  const content = typeof value === 'string' ? value : asBuffer(value);
  let bytes = RECORD_OVERHEAD_BYTES + (keyBytes?.length ?? 0) + (content === null ? 0 : Buffer.byteLength(content));
  for (const name in headers) bytes += 10 + name.length + Buffer.byteLength(headers[name]!);
  const copied = sourceHeaders && copiesOf(sourceHeaders);
  return {
    key: keyBytes,
    value: content,
    ...(partition !== undefined && { assigned: partition }),
    bytes: bytes + (copied?.bytes ?? 0),
    // As text, because kafkajs takes the number 0 for "none".
    ...(timestampMs !== undefined && { timestamp: String(timestampMs) }),
    ...((headers ?? copied) && { headers: { ...copied?.headers, ...headers } }),
  };
}

function copiesOf(source: RecordHeaders): { readonly headers: IHeaders; readonly bytes: number } {
  let bytes = 0;
  const copy = (name: string, content: HeaderContent): Buffer | string => {
    bytes += 10 + Buffer.byteLength(name) + (content === null ? 0 : Buffer.byteLength(content));
    // kafkajs writes a header of null as what it is, but its types do not know of it.
    return (typeof content === 'string' ? content : asBuffer(content)) as Buffer | string;
  };
  const headers: IHeaders = {};
  for (const [name, content] of Object.entries(source)) {
    headers[name] = isList(content) ? content.map((one) => copy(name, one)) : copy(name, content);
  }
  return { headers, bytes };
}

function isList(content: HeaderContent | readonly HeaderContent[]): content is readonly HeaderContent[] {
  return Array.isArray(content);
}

function asBuffer(bytes: Uint8Array | null): Buffer | null {
  return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Keyed messages by murmur2, others in turn. kafkajs asks once for each message and attempt, in the order given,
 * with the partitions as it knows them then: the one moment when the placement can be both right and known to us.
 */
export function rememberingPartitioner(): ICustomPartitioner {
  let turn = 0;
  return () =>
    ({ message, partitionMetadata }) => {
      const outgoing = message as OutgoingMessage;
      outgoing.assigned ??= outgoing.key
        ? partitionOf(outgoing.key, partitionMetadata.length)
        : turn++ % partitionMetadata.length;
      return outgoing.assigned;
    };
}
