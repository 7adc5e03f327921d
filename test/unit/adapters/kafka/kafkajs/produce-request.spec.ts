import { encodeProduceRequest } from '../../../../../src/adapters/kafka/kafkajs/produce-request';

const FIRST_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;

describe('a produce request', () => {
  it('spans the times of its messages in the order of time, whatever their number of digits', () => {
    const messages = [{ value: 'b', timestamp: '1357000000000' }, { value: 'a', timestamp: '5' }, { value: 'c' }];
    const topicData = [{ topic: 't', partitions: [{ partition: 0, messages }] }];
    const { buffer } = encodeProduceRequest({ acks: -1, timeout: 1, topicData }, 1_740_000_000_000);
    const batch = buffer.subarray(buffer.length - batchLength(buffer));
    expect(batch.readBigInt64BE(FIRST_TIMESTAMP_AT)).toBe(5n);
    expect(batch.readBigInt64BE(MAX_TIMESTAMP_AT)).toBe(1_357_000_000_000n);
  });
});

/** From the int32 after transaction id, acks, time-out, topics, the topic `t`, partitions and the partition. */
function batchLength(request: Buffer): number {
  return request.readInt32BE(2 + 2 + 4 + 4 + 3 + 4 + 4);
}
