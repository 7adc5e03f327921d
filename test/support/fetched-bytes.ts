import type { ProducedMessage } from '../../src/adapters/kafka/kafkajs/internals';
import { kafkajsOriginals } from './kafkajs-originals';

export interface BatchSpec {
  readonly firstOffset: bigint;
  /** What is between the offsets of the records: compaction leaves gaps. */
  readonly offsetStep: number;
  readonly records: readonly (ProducedMessage & { readonly timestampDelta: number })[];
  readonly firstTimestampMs: number;
  readonly gzip: boolean;
  readonly isLogAppendTime: boolean;
  readonly isTransactional: boolean;
  readonly isControl: boolean;
  readonly producerId: number;
}

const ATTRIBUTES_AT = 21;
const [LOG_APPEND_TIME, CONTROL] = [0x08, 0x20];

/** The last offset of the batch, which a record that compaction took away may have had. */
export function lastOffsetOf({ firstOffset, offsetStep, records }: BatchSpec): bigint {
  return firstOffset + BigInt(records.length * offsetStep);
}

/** A record batch as kafkajs encodes it, with what only brokers set. */
export async function recordBatchBytes(spec: BatchSpec): Promise<Buffer> {
  const { firstOffset, offsetStep, firstTimestampMs, producerId } = spec;
  const encoded = await kafkajsOriginals.recordBatch({
    compression: spec.gzip ? 1 : 0,
    firstTimestamp: firstTimestampMs,
    maxTimestamp: firstTimestampMs + 5_000,
    lastOffsetDelta: Number(lastOffsetOf(spec) - firstOffset),
    transactional: spec.isTransactional,
    producerId,
    producerEpoch: 0,
    records: spec.records.map((record, i) => kafkajsOriginals.record({ ...record, offsetDelta: i * offsetStep })),
  });
  const bytes = Buffer.from(encoded.buffer);
  bytes.writeBigInt64BE(firstOffset);
  const flags = (spec.isLogAppendTime ? LOG_APPEND_TIME : 0) | (spec.isControl ? CONTROL : 0);
  bytes.writeInt16BE(bytes.readInt16BE(ATTRIBUTES_AT) | flags, ATTRIBUTES_AT);
  return bytes;
}

/** The records of one partition as a fetch response carries them: their size, then their bytes. */
export function inResponse(...parts: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(parts);
  const size = Buffer.alloc(4);
  size.writeInt32BE(bytes.length);
  return Buffer.concat([size, bytes, Buffer.from('what follows')]);
}
