import { createRequire } from 'node:module';

import type { DecodeMessages, ResponseDecoder } from './internals';
import { recordBatches, type RecordBatchBytes, viewOf } from './record-batch';

const MAGIC_AT = 16;
const MAGIC = 2;
const load = createRequire(__filename);

interface Codec {
  decompress(bytes: Buffer): Promise<Buffer>;
}

/** The record batches of one partition in a fetch response: what `FetchedBatch` reads records from, once it is their turn. */
export class UnreadRecords {
  constructor(readonly batches: readonly RecordBatchBytes[]) {}
}

/**
 * For `protocol/requests/fetch/v4/decodeMessages.js`, which every later version of the response uses too: leaves the
 * records as they came, decompressed. Message sets of before Kafka 0.11 stay kafkajs's.
 */
export function leanDecodeMessages(original: DecodeMessages): (decoder: ResponseDecoder) => Promise<unknown> {
  return (decoder) => (holdsRecordBatches(decoder) ? unreadRecords(decoder) : original(decoder));
}

function holdsRecordBatches({ buffer, offset }: ResponseDecoder): boolean {
  const start = offset + 4;
  if (buffer.length <= start + MAGIC_AT) return false;
  const size = buffer.readInt32BE(offset);
  return size > MAGIC_AT && buffer.length - start >= size && buffer[start + MAGIC_AT] === MAGIC;
}

async function unreadRecords(decoder: ResponseDecoder): Promise<UnreadRecords> {
  const batches: RecordBatchBytes[] = [];
  for (const { batch, attributes, end } of recordBatches(decoder.readBytes(decoder.readInt32()))) {
    const codec = codecOf(attributes);
    if (!codec || batch.count === 0) {
      batches.push(batch);
      continue;
    }
    const bytes = await codec.decompress(batch.bytes.subarray(batch.start, end));
    batches.push({ ...batch, bytes, view: viewOf(bytes), start: 0 });
  }
  return new UnreadRecords(batches);
}

/** kafkajs's own: throws KafkaJSNotImplemented for a codec that it lacks. */
function codecOf(attributes: number): Codec | null {
  const { lookupCodecByAttributes } = load('kafkajs/src/protocol/message/compression') as {
    lookupCodecByAttributes(attributes: number): Codec | null;
  };
  return lookupCodecByAttributes(attributes);
}
