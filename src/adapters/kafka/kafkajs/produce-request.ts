import { ByteWriter } from './byte-writer';
import type { ProducedPartition, ProduceOptions, ProduceRequest } from './internals';
import { writeRecordBatch } from './write-record-batch';

const NO_PRODUCER_ID = -1;

/**
 * For `protocol/requests/produce/v3/request.js`, on which the later versions build: the body is written into one buffer,
 * where kafkajs allocates one for each record and each header and copies them six times. Compressed requests stay kafkajs's.
 */
export function leanProduceRequest(
  original: (options: never) => ProduceRequest,
): (options: ProduceOptions) => ProduceRequest {
  return (options) => {
    const request = original(options as never);
    if (options.compression) return request;
    return { ...request, encode: () => Promise.resolve(encodeProduceRequest(options, Date.now())) };
  };
}

/** The body of a produce request, version 3 to 7. Source: Kafka's protocol guide. */
export function encodeProduceRequest(options: ProduceOptions, nowMs: number): ByteWriter {
  const { acks, timeout, transactionalId = null, topicData } = options;
  const writer = new ByteWriter();
  writer.text(transactionalId);
  writer.reserve(10);
  writer.int16(acks);
  writer.int32(timeout);
  writer.int32(topicData.length);
  for (const { topic, partitions } of topicData) {
    writer.text(topic);
    writer.reserve(4);
    writer.int32(partitions.length);
    for (const partition of partitions) writePartition(writer, partition, options, nowMs);
  }
  return writer;
}

function writePartition(
  writer: ByteWriter,
  { partition, firstSequence = 0, messages }: ProducedPartition,
  { transactionalId, producerId = NO_PRODUCER_ID, producerEpoch = 0 }: ProduceOptions,
  nowMs: number,
): void {
  writer.reserve(8);
  writer.int32(partition);
  const sizeAt = writer.position;
  writer.int32(0);
  const transactional = Boolean(transactionalId);
  writeRecordBatch(writer, messages, { producerId, producerEpoch, firstSequence, transactional, nowMs });
  writer.buf.writeInt32BE(writer.position - sizeAt - 4, sizeAt);
}
