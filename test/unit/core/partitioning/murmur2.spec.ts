import { Partitioners } from 'kafkajs';
import * as fc from 'fast-check';
import { murmur2, partitionOf } from '../../../../src/core/partitioning/murmur2';

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('murmur2', () => {
  // org.apache.kafka.common.utils.UtilsTest.testMurmur2
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])("gives Kafka's own value for %s", (key, expected) => {
    expect(murmur2(bytesOf(key))).toBe(expected);
  });

  it('places every key where kafkajs places it', () => {
    const partitioner = Partitioners.DefaultPartitioner();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.integer({ min: 1, max: 64 }), (bytes, partitions) => {
        const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
          partitionErrorCode: 0,
          partitionId,
          leader: 1,
          replicas: [1],
          isr: [1],
        }));
        const theirs = partitioner({
          topic: 't',
          partitionMetadata,
          message: { key: Buffer.from(bytes), value: null },
        });
        expect(partitionOf(bytes, partitions)).toBe(theirs);
      }),
      { seed: 1 },
    );
  });

  it('places a text as its UTF-8 bytes', () => {
    const key = 'Hyderabad US Consulate, India (हैदराबाद अमेरिकी वाणिज्य दूतावास)';
    expect(partitionOf(key, 1_000)).toBe(partitionOf(bytesOf(key), 1_000));
  });
});
