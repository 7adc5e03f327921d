import { leanDecodeMessages } from '../../../../../src/adapters/kafka/kafkajs/decode-messages';
import { batchConstructor, FetchedBatch } from '../../../../../src/adapters/kafka/kafkajs/fetched-batch';
import type { AbortedTransaction } from '../../../../../src/adapters/kafka/kafkajs/internals';
import { type BatchSpec, inResponse, recordBatchBytes } from '../../../../support/fetched-bytes';
import { kafkajsOriginals } from '../../../../support/kafkajs-originals';

const Batch = batchConstructor(kafkajsOriginals.Batch);
const decode = leanDecodeMessages(kafkajsOriginals.decodeMessages);

const batchAt = (firstOffset: bigint, producerId: number, value: string): BatchSpec => ({
  ...{ firstOffset, producerId, offsetStep: 1, firstTimestampMs: 1_740_000_000_000 },
  ...{ gzip: false, isLogAppendTime: false, isTransactional: true, isControl: false },
  records: [{ key: null, value, timestampDelta: 0 }],
});

async function fetched(response: Buffer, fetchedOffset: string, aborted: readonly AbortedTransaction[] = []) {
  const messages = await decode(new kafkajsOriginals.Decoder(response));
  return new Batch('t', fetchedOffset, { partition: 0, highWatermark: '100', abortedTransactions: aborted, messages });
}

describe('a fetched batch', () => {
  it('hides every transaction that was open and aborted before the first record of the fetch', async () => {
    const specs = [batchAt(50n, 7, 'a'), batchAt(60n, 8, 'b'), batchAt(70n, 9, 'c')];
    const response = inResponse(...(await Promise.all(specs.map(recordBatchBytes))));
    const aborted = [
      { producerId: '8', firstOffset: '10' },
      { producerId: '7', firstOffset: '20' },
    ];
    const batch = (await fetched(response, '50', aborted)) as FetchedBatch;
    expect(batch.messages.map(({ offset }) => offset)).toEqual([70n]);
    expect([batch.firstOffset(), batch.lastOffset()]).toEqual(['50', '70']);
  });

  it('is kafkajs’s own for message sets of before record batches', async () => {
    const set = kafkajsOriginals.messageSet({ messageVersion: 1, entries: [{ key: 'k', value: 'v', timestamp: 5 }] });
    const batch = await fetched(inResponse(set.buffer), '0');
    expect(batch).toBeInstanceOf(kafkajsOriginals.Batch);
    expect(batch).toMatchObject({ messages: [{ key: Buffer.from('k'), value: Buffer.from('v'), offset: '0' }] });
  });

  it('is kafkajs’s own when a fetch brings nothing', async () => {
    expect(await fetched(inResponse(), '5')).toBeInstanceOf(kafkajsOriginals.Batch);
  });

  it('says which record is broken', async () => {
    const bytes = await recordBatchBytes(batchAt(50n, 7, 'value'));
    bytes[bytes.length - 1 - 'value'.length - 1] = 126;
    const batch = (await fetched(inResponse(bytes), '50')) as FetchedBatch;
    expect(() => batch.messages).toThrow('The record at offset 50 is broken: its parts do not fit its length');
  });

  it('refuses a record batch that is shorter than its header', async () => {
    const bytes = await recordBatchBytes(batchAt(50n, 7, 'value'));
    bytes.writeInt32BE(40, 8);
    await expect(fetched(inResponse(bytes), '50')).rejects.toThrow('shorter than its header');
  });

  it('refuses what kafkajs has no codec for', async () => {
    const bytes = await recordBatchBytes(batchAt(50n, 7, 'value'));
    bytes.writeInt16BE(2, 21);
    await expect(fetched(inResponse(bytes), '50')).rejects.toThrow('Snappy compression not implemented');
  });
});
