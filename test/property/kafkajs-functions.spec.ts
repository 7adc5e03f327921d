import fc from 'fast-check';

import { crc32c } from '../../src/adapters/kafka/kafkajs/crc32c';
import { leanDecodeMessages } from '../../src/adapters/kafka/kafkajs/decode-messages';
import { batchConstructor } from '../../src/adapters/kafka/kafkajs/fetched-batch';
import { FetchedRecord } from '../../src/adapters/kafka/kafkajs/fetched-record';
import { groupMessagesPerPartition } from '../../src/adapters/kafka/kafkajs/group-messages';
import type { AbortedTransaction, DecodeMessages, ProduceOptions } from '../../src/adapters/kafka/kafkajs/internals';
import { leanProduceRequest } from '../../src/adapters/kafka/kafkajs/produce-request';
import { type BatchSpec, inResponse, lastOffsetOf, recordBatchBytes } from '../support/fetched-bytes';
import { kafkajsOriginals } from '../support/kafkajs-originals';

const NOW_MS = 1_740_000_000_000;
const text = fc.oneof(
  { weight: 20, arbitrary: fc.string({ unit: 'grapheme' }) },
  { weight: 5, arbitrary: fc.string({ unit: 'binary', minLength: 60, maxLength: 400 }) },
  { weight: 1, arbitrary: fc.constant('x'.repeat(20_000)) },
);
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const content = fc.oneof(text, bytes);
/** kafkajs reads a header of the name of something that every object has as a list that begins with that. */
const headerName = text.filter((name) => !(name in {}));
const headers = fc.dictionary(headerName, fc.oneof(content, fc.array(content, { maxLength: 3 })), { maxKeys: 4 });
/** Of one length as text: kafkajs compares them as texts. */
const timestamp = fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 });
const message = fc.record(
  {
    key: fc.option(content),
    value: fc.option(content),
    timestamp: fc.oneof(timestamp, timestamp.map(String), fc.constant(null)),
    headers,
  },
  { requiredKeys: ['value'] },
);
const producerId = fc.oneof(fc.constant(-1), fc.bigInt({ min: 0n, max: 2n ** 62n }).map(String));
const topicData = fc.array(
  fc.record({
    topic: fc.string({ unit: 'grapheme', minLength: 1 }),
    partitions: fc.array(
      fc.record(
        {
          partition: fc.nat(),
          firstSequence: fc.nat(),
          messages: fc.array(message, { maxLength: 40 }),
        },
        { requiredKeys: ['partition', 'messages'] },
      ),
      { maxLength: 3 },
    ),
  }),
  { maxLength: 2 },
);
const produceOptions = fc.record(
  {
    acks: fc.constantFrom(-1, 0, 1),
    timeout: fc.nat(),
    transactionalId: fc.option(fc.string({ unit: 'grapheme', minLength: 1 })),
    producerId,
    producerEpoch: fc.nat(32_767),
    topicData,
  },
  { requiredKeys: ['acks', 'timeout', 'topicData'] },
);

const batchSpec = fc.record({
  firstOffset: fc.constant(0n),
  offsetStep: fc.constantFrom(1, 1, 1, 3, 700),
  records: fc.array(
    fc.record({
      key: fc.option(bytes),
      value: fc.option(content),
      headers,
      timestampDelta: fc.oneof(
        fc.constant(0),
        fc.integer({ min: -1e6, max: 1e6 }),
        fc.integer({ min: -1e12, max: 1e12 }),
      ),
    }),
    { maxLength: 30 },
  ),
  firstTimestampMs: fc.oneof(fc.constant(-1), fc.constant(0), timestamp),
  gzip: fc.boolean(),
  isLogAppendTime: fc.boolean(),
  isTransactional: fc.boolean(),
  isControl: fc.constant(false),
  producerId: fc.constantFrom(7, 8, 9),
});

/** The end of a transaction: an abort or a commit. */
const marker = (type: 0 | 1, id: number): BatchSpec => ({
  ...{ firstOffset: 0n, offsetStep: 1, firstTimestampMs: NOW_MS, producerId: id },
  ...{ gzip: false, isLogAppendTime: false, isTransactional: true, isControl: true },
  records: [{ key: Buffer.from([0, 0, 0, type]), value: Buffer.alloc(6), timestampDelta: 0 }],
});

/** One after the other, as the log has them. */
function placed(specs: readonly BatchSpec[], firstOffset: bigint): readonly BatchSpec[] {
  let next = firstOffset;
  return specs.map((spec) => {
    const at = { ...spec, firstOffset: next };
    next = lastOffsetOf(at) + 1n;
    return at;
  });
}

interface Read {
  readonly [name: string]: unknown;
  readonly messages: readonly string[];
}

/** `JSON.stringify` sees buffers as what their `toJSON` gives. */
function asHex(_name: string, part: unknown): unknown {
  const isBuffer = typeof part === 'object' && part !== null && 'type' in part && part.type === 'Buffer';
  return isBuffer ? Buffer.from(part as never).toString('hex') : part;
}

/** Everything that kafkajs asks of a batch, in one object. */
async function read(
  response: Buffer,
  decode: DecodeMessages,
  Batch: typeof kafkajsOriginals.Batch,
  { fetchedOffset, aborted = [] }: { fetchedOffset: bigint; aborted?: readonly AbortedTransaction[] },
): Promise<Read> {
  const decoder = new kafkajsOriginals.Decoder(response);
  const batch = new Batch('readings', fetchedOffset.toString(), {
    partition: 3,
    highWatermark: '900719925474099312',
    abortedTransactions: aborted,
    messages: await decode(decoder),
  }) as Record<string, unknown> & { messages: readonly Record<string, unknown>[] };
  const answers = [
    ...['isEmpty', 'isEmptyIncludingFiltered', 'isEmptyDueToFiltering', 'isEmptyControlRecord'],
    ...['isEmptyDueToLogCompactedMessages', 'firstOffset', 'lastOffset', 'offsetLag', 'offsetLagLow'],
  ].map((name) => [name, (batch[name] as () => unknown).call(batch)]);
  const { topic, partition, highWatermark } = batch;
  const messages = batch.messages.map(({ offset, timestamp, key, value, headers }) =>
    // As one text: comparing buffers byte by byte takes Jest a minute.
    JSON.stringify([String(offset), timestamp, key, value, headers], asHex),
  );
  const facts = { topic, partition, highWatermark, fetchedOffset: batch['fetchedOffset'] };
  return { ...facts, ...Object.fromEntries(answers), messages, decodedTo: decoder.offset } as Read;
}

const original = (response: Buffer, options: Parameters<typeof read>[3]): Promise<Read> =>
  read(response, kafkajsOriginals.decodeMessages, kafkajsOriginals.Batch, options);
const lean = (response: Buffer, options: Parameters<typeof read>[3]): Promise<Read> =>
  read(
    response,
    leanDecodeMessages(kafkajsOriginals.decodeMessages),
    batchConstructor(kafkajsOriginals.Batch),
    options,
  );

describe('our functions inside kafkajs', () => {
  beforeEach(() => void jest.spyOn(Date, 'now').mockReturnValue(NOW_MS));
  afterEach(() => void jest.restoreAllMocks());

  it('write the bytes of produce requests that kafkajs writes', async () => {
    const ours = leanProduceRequest(kafkajsOriginals.produceRequest);
    const property = fc.asyncProperty(produceOptions, fc.constantFrom(0, 0, 0, 1), async (options, compression) => {
      const request = { ...options, compression } as ProduceOptions;
      const expected = await kafkajsOriginals.produceRequest(request).encode();
      const encoded = await ours(request).encode();
      expect(encoded.buffer.equals(expected.buffer)).toBe(true);
      expect(encoded.size()).toBe(expected.size());
    });
    await fc.assert(property, { numRuns: 150 });
  });

  it('read from fetches what kafkajs reads, from any offset on and however the response is cut', async () => {
    const cut = fc.double({ min: 0, max: 1, noNaN: true });
    const log = fc.record({
      specs: fc.array(batchSpec, { minLength: 1, maxLength: 5 }),
      firstOffset: fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 2n ** 55n })),
      skipped: fc.nat(40),
      kept: fc.oneof(fc.constant(1), cut),
    });
    const property = fc.asyncProperty(log, async ({ specs, firstOffset, skipped, kept }) => {
      const whole = Buffer.concat(await Promise.all(placed(specs, firstOffset).map(recordBatchBytes)));
      const response = inResponse(whole.subarray(0, Math.max(17, Math.ceil(whole.length * kept))));
      const fetchedOffset = firstOffset + BigInt(skipped);
      expect(await lean(response, { fetchedOffset })).toEqual(await original(response, { fetchedOffset }));
    });
    await fc.assert(property, { numRuns: 150 });
  });

  it('hide aborted transactions and control records as kafkajs does', async () => {
    const id = fc.constantFrom(7, 8, 9);
    const ended = fc.record({ type: fc.constantFrom(0 as const, 1 as const), id });
    const step = fc.oneof(
      batchSpec.filter(({ records }) => records.length > 0),
      ended,
    );
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const specs = placed(
        steps.map((at) => ('type' in at ? marker(at.type, at.id) : at)),
        0n,
      );
      const response = inResponse(...(await Promise.all(specs.map(recordBatchBytes))));
      const options = { fetchedOffset: 0n, aborted: abortedIn(specs) };
      expect(await lean(response, options)).toEqual(await original(response, options));
    });
    await fc.assert(property, { numRuns: 150 });
  });

  it('know of each value whether it is ASCII, and its text if so', async () => {
    const property = fc.asyncProperty(fc.array(fc.option(content), { minLength: 1 }), async (values) => {
      const records = values.map((value) => ({ key: null, value, timestampDelta: 0 }));
      const spec = { ...marker(0, 7), isControl: false, isTransactional: false, records };
      const decoder = new kafkajsOriginals.Decoder(inResponse(await recordBatchBytes(spec)));
      const messages = await leanDecodeMessages(kafkajsOriginals.decodeMessages)(decoder);
      const data = { partition: 0, highWatermark: '1', messages };
      const batch = new (batchConstructor(kafkajsOriginals.Batch))('readings', '0', data);
      for (const record of (batch as { messages: readonly FetchedRecord[] }).messages) {
        const { value } = record;
        const isAscii = value?.every((byte) => byte < 128) ?? false;
        expect(record.asciiValue).toBe(isAscii ? value?.toString() : undefined);
      }
    });
    await fc.assert(property);
  });

  it('place messages in the partitions that kafkajs places them in', () => {
    const partitionMetadata = [0, 1, 2].map((partitionId) => ({ partitionId })) as never;
    const property = fc.property(fc.array(fc.nat(2)), (messages) => {
      const options = {
        topic: 'rows',
        partitionMetadata,
        messages,
        partitioner: ({ message: to }: { message: number }) => to,
      };
      expect(groupMessagesPerPartition(options)).toEqual(kafkajsOriginals.groupMessagesPerPartition(options));
    });
    fc.assert(property);
    const none = { topic: 'rows', partitionMetadata: [], messages: [1], partitioner: () => 0 };
    expect(groupMessagesPerPartition(none)).toEqual({});
  });

  it('sum bytes up as kafkajs does', () => {
    fc.assert(
      fc.property(bytes, fc.nat(20), (all, skipped) => {
        const start = Math.min(skipped, all.length);
        expect(crc32c(all, start, all.length)).toBe(kafkajsOriginals.crc32c(all.subarray(start)));
      }),
    );
  });
});

/** What a broker says of the log: the transactions that end in an abort, by where they begin. */
function abortedIn(specs: readonly BatchSpec[]): readonly AbortedTransaction[] {
  const begun = new Map<number, bigint>();
  const aborted: AbortedTransaction[] = [];
  for (const { producerId: id, isControl, isTransactional, firstOffset, records } of specs) {
    if (isControl) {
      const first = begun.get(id);
      const isAbort = (records[0]!.key as Buffer)[3] === 0;
      if (isAbort && first !== undefined) aborted.push({ producerId: String(id), firstOffset: String(first) });
      begun.delete(id);
    } else if (isTransactional && !begun.has(id)) begun.set(id, firstOffset);
  }
  return aborted.sort((a, b) => Number(BigInt(a.firstOffset) - BigInt(b.firstOffset)));
}
