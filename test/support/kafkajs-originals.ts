import { createRequire } from 'node:module';

import type {
  BatchConstructor,
  DecodeMessages,
  Encoded,
  GroupOptions,
  ProducedMessage,
  ProduceOptions,
  ProduceRequest,
  ResponseDecoder,
} from '../../src/adapters/kafka/kafkajs/internals';

const load = createRequire(__filename);
const original = <T>(module: string): T => load(`kafkajs/src/${module}`) as T;

interface RecordBatchOptions {
  readonly compression: number;
  readonly firstTimestamp: number;
  readonly maxTimestamp: number;
  readonly lastOffsetDelta: number;
  readonly transactional: boolean;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly records: readonly Encoded[];
}

/** kafkajs's own inner functions, as they come: what ours are compared with. */
export const kafkajsOriginals = {
  produceRequest: original<(options: ProduceOptions) => ProduceRequest>('protocol/requests/produce/v3/request'),
  decodeMessages: original<DecodeMessages>('protocol/requests/fetch/v4/decodeMessages'),
  Batch: original<BatchConstructor>('consumer/batch'),
  groupMessagesPerPartition: original<<M>(options: GroupOptions<M>) => Record<number, M[]>>(
    'producer/groupMessagesPerPartition',
  ),
  crc32c: original<(bytes: Buffer) => number>('protocol/recordBatch/crc32C'),
  Decoder: original<new (bytes: Buffer) => ResponseDecoder>('protocol/decoder'),
  record: original<(record: ProducedMessage & { offsetDelta: number; timestampDelta: number }) => Encoded>(
    'protocol/recordBatch/record/v0',
  ),
  recordBatch: original<{ RecordBatch(options: RecordBatchOptions): Promise<Encoded> }>('protocol/recordBatch/v0')
    .RecordBatch,
  messageSet:
    original<(options: { messageVersion: number; entries: readonly object[] }) => Encoded>('protocol/messageSet'),
};
