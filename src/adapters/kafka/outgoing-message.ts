import type { ICustomPartitioner, Message } from 'kafkajs';
import { partitionOf } from '../../core/partitioning/murmur2';
import type { OutgoingRecord } from '../../core/ports/record-producer.port';

/** A kafkajs message that remembers where it goes. */
export interface OutgoingMessage extends Message {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Set on the first attempt and kept, so that a retry is the same batch even if partitions were added meanwhile. */
  assigned?: number;
  readonly bytes: number;
}

/** What a record batch spends on one record beside key, value and headers, at most. */
const RECORD_OVERHEAD_BYTES = 40;

export function toMessage(record: OutgoingRecord): OutgoingMessage {
  const key = toBuffer(record.key);
  const value = toBuffer(record.value);
  let bytes = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  for (const [name, text] of Object.entries(record.headers ?? {})) bytes += 10 + name.length + Buffer.byteLength(text);
  return {
    key,
    value,
    bytes,
    // As text, because kafkajs takes the number 0 for "none".
    ...(record.timestampMs !== undefined && { timestamp: String(record.timestampMs) }),
    ...(record.headers && { headers: { ...record.headers } }),
  };
}

function toBuffer(bytes: Uint8Array | string | null): Buffer | null {
  if (bytes === null) return null;
  if (typeof bytes === 'string') return Buffer.from(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
