import fc from 'fast-check';

import {
  decodeTransaction,
  encodeTransaction,
  rangesOf,
  type SentTransaction,
} from '../../../../src/adapters/kafka/sent-transaction';

const offset = fc.bigInt({ min: 0n, max: 2n ** 62n });
const transaction: fc.Arbitrary<SentTransaction> = fc.record({
  topic: fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/),
  generation: offset,
  sequence: offset,
  ranges: fc.array(
    fc
      .record({ partition: fc.nat(500), first: offset, length: fc.bigInt({ min: 0n, max: 5_000n }) })
      .map(({ partition, first, length }) => ({ partition, first, last: first + length })),
    { maxLength: 20 },
  ),
});

describe('the place of a transaction', () => {
  it('is read back as it was written', () => {
    fc.assert(fc.property(transaction, (one) => expect(decodeTransaction(encodeTransaction(one))).toEqual(one)));
  });

  it.each(['', 'millrace start=0 generation=1', 'millrace 2 out 1 1 0:1+1', 'something else'])(
    'is not known from %j',
    (text) => expect(decodeTransaction(text)).toBeUndefined(),
  );

  it('fits into what brokers keep for a topic of 200 partitions', () => {
    const ranges = Array.from({ length: 200 }, (_, partition) => {
      const first = 10n ** 12n;
      return { partition, first, last: first + 5_000n };
    });
    const text = encodeTransaction({ topic: 't'.repeat(200), generation: 10n ** 16n, sequence: 10n ** 9n, ranges });
    expect(text.length).toBeLessThan(4_000);
  });

  it('is one range for each partition, from its first record to its last', () => {
    const positions = [
      { partition: 1, offset: 5n },
      { partition: 0, offset: 9n },
      { partition: 1, offset: 8n },
      { partition: 1, offset: 6n },
    ];
    expect(rangesOf(positions)).toEqual([
      { partition: 1, first: 5n, last: 8n },
      { partition: 0, first: 9n, last: 9n },
    ]);
  });
});
