import { RecordTooLargeError, TransientError } from '../../src/core/errors';
import { partitionOf } from '../../src/core/partitioning/murmur2';
import type { RecordProducer } from '../../src/core/ports/record-producer.port';
import type { TopicAdmin, TopicSpec } from '../../src/core/ports/topic-admin.port';
import { uniqueName } from '../support/servers';

/** A record as the log has it, read without the code under test. */
export interface StoredRecord {
  readonly partition: number;
  readonly offset: bigint;
  readonly timestampMs: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

export interface LogHarness {
  readonly producer: RecordProducer;
  readonly topics: TopicAdmin;
  /** All records of a topic, `count` of them, ordered by partition then offset. */
  stored(topic: string, count: number): Promise<readonly StoredRecord[]>;
  /** What step 6 of the checkpoint protocol does. */
  mirror(group: string, topic: string, nextOffsets: ReadonlyMap<number, bigint>, metadata: string): Promise<void>;
  close(): Promise<void>;
}

const PARTITIONS = 3;

/** What every RecordProducer guarantees. */
export function describeRecordProducer(name: string, open: () => Promise<LogHarness>): void {
  describe(`RecordProducer: ${name}`, () => {
    let log: LogHarness;

    beforeAll(async () => {
      log = await open();
    });
    afterAll(() => log?.close());

    const newTopic = async (purpose: TopicSpec['purpose'] = 'source', partitions = PARTITIONS): Promise<string> => {
      const topic = uniqueName('producer');
      await log.topics.ensure([{ topic, partitions, purpose }]);
      return topic;
    };

    it('keeps key, value, timestamp and headers to the last byte', async () => {
      const topic = await newTopic();
      const key = 'Hyderabad US Consulate, India (हैदराबाद अमेरिकी वाणिज्य दूतावास)';
      await log.producer.send(topic, [
        { key, value: '{"pm25":31}', timestampMs: 1_356_969_600_000, headers: { reason: 'früh' } },
      ]);
      expect(await log.stored(topic, 1)).toEqual([
        {
          partition: partitionOf(key, PARTITIONS),
          offset: 0n,
          timestampMs: 1_356_969_600_000,
          key,
          value: '{"pm25":31}',
          headers: { reason: 'früh' },
        },
      ]);
    });

    it('copies the headers of the record that one is a copy of, but for those that it has itself', async () => {
      const topic = await newTopic();
      const sourceHeaders = { trace: Buffer.from('früh'), hops: [Buffer.from('a'), 'b'], reason: 'theirs' };
      await log.producer.send(topic, [{ key: 'k', value: 'v', headers: { reason: 'ours' }, sourceHeaders }]);
      expect((await log.stored(topic, 1))[0]?.headers).toEqual({ trace: 'früh', hops: 'a,b', reason: 'ours' });
    });

    it('keeps timestamps that lie decades apart, the first millisecond of 1970 and one of 2099 too', async () => {
      const topic = await newTopic('source', 1);
      const times = [1_356_969_600_000, 0, 4_070_908_800_000, 999_999_999_999, 1_000_000_000_000];
      await log.producer.send(
        topic,
        times.map((timestampMs) => ({ key: 'k', value: 'v', timestampMs })),
      );
      const stored = await log.stored(topic, times.length);
      expect(stored.map(({ timestampMs }) => timestampMs)).toEqual(times);
    });

    it('keeps empty and absent keys and values apart', async () => {
      const topic = await newTopic('source', 1);
      await log.producer.send(topic, [
        { key: null, value: 'no key' },
        { key: 'tombstone', value: null },
        { key: 'empty', value: '' },
      ]);
      const stored = await log.stored(topic, 3);
      expect(stored.map(({ key, value }) => [key, value])).toEqual([
        [null, 'no key'],
        ['tombstone', null],
        ['empty', ''],
      ]);
    });

    it('answers with the place of each record, in the order given, across partitions and requests', async () => {
      const topic = await newTopic();
      const records = Array.from({ length: 2_500 }, (_, i) => ({ key: `key ${i % 17}`, value: `value ${i}` }));
      const positions = await log.producer.send(topic, records);
      const stored = new Map(
        (await log.stored(topic, records.length)).map((record) => [`${record.partition}:${record.offset}`, record]),
      );
      expect(positions.map(({ partition, offset }) => stored.get(`${partition}:${offset}`)?.value)).toEqual(
        records.map(({ value }) => value),
      );
    });

    it('keeps the order of equal keys and puts them where murmur2 says', async () => {
      const topic = await newTopic();
      const keys = ['Beijing US Post', 'Chengdu US Post', 'Guangzhou US Post', 'हैदराबाद'];
      for (const round of [1, 2, 3]) {
        await log.producer.send(
          topic,
          keys.map((key) => ({ key, value: `${round}` })),
        );
      }
      const stored = await log.stored(topic, keys.length * 3);
      for (const key of keys) {
        const own = stored.filter((record) => record.key === key);
        expect(own.map(({ value }) => value)).toEqual(['1', '2', '3']);
        expect(new Set(own.map(({ partition }) => partition))).toEqual(new Set([partitionOf(key, PARTITIONS)]));
      }
    });

    it('spreads records without a key', async () => {
      const topic = await newTopic();
      const positions = await log.producer.send(
        topic,
        Array.from({ length: 30 }, (_, i) => ({ key: null, value: `${i}` })),
      );
      expect(new Set(positions.map(({ partition }) => partition)).size).toBe(PARTITIONS);
    });

    it('answers each of many senders at once with its own places', async () => {
      const topic = await newTopic();
      const senders = Array.from({ length: 20 }, (_, sender) =>
        Array.from({ length: 50 }, (_, i) => ({ key: `${i}`, value: `${sender}/${i}` })),
      );
      const answers = await Promise.all(senders.map((records) => log.producer.send(topic, records)));
      const stored = new Map(
        (await log.stored(topic, 1_000)).map((record) => [`${record.partition}:${record.offset}`, record.value]),
      );
      answers.forEach((positions, sender) =>
        expect(positions.map(({ partition, offset }) => stored.get(`${partition}:${offset}`))).toEqual(
          senders[sender]!.map(({ value }) => value),
        ),
      );
    });

    it('sends nothing when it is given nothing', async () => {
      const topic = await newTopic();
      expect(await log.producer.send(topic, [])).toEqual([]);
    });

    it('throws TransientError for a topic that does not exist', async () => {
      await expect(log.producer.send(uniqueName('absent'), [{ key: 'k', value: 'v' }])).rejects.toThrow(TransientError);
    });

    it('names the record that the topic refuses for its size, and says which were appended', async () => {
      const topic = await newTopic();
      const small = (i: number) => ({ key: `${i}`, value: `small ${i}` });
      const large = { key: 'large', value: 'x'.repeat(9 * 2 ** 20) };
      const refused = log.producer.send(topic, [small(0), small(1), large, small(3)]);
      const error = await refused.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(RecordTooLargeError);
      const { index, bytes, positions } = error as RecordTooLargeError;
      expect(index).toBe(2);
      expect(bytes).toBeGreaterThanOrEqual(9 * 2 ** 20);
      const appended = positions.filter((position) => position !== undefined).length;
      expect((await log.stored(topic, appended)).map(({ value }) => value).sort()).toEqual(['small 0', 'small 1']);
    });

    it('loses and doubles nothing of what is sent after a refusal', async () => {
      const topic = await newTopic();
      const large = { key: 'large', value: 'x'.repeat(9 * 2 ** 20) };
      const round = (name: string) => Array.from({ length: 40 }, (_, i) => ({ key: `${i}`, value: `${name} ${i}` }));
      await log.producer.send(topic, round('before'));
      await expect(log.producer.send(topic, [large])).rejects.toThrow(RecordTooLargeError);
      await log.producer.send(topic, round('after'));
      const stored = await log.stored(topic, 80);
      expect(stored.map(({ value }) => value).sort()).toEqual(
        [...round('before'), ...round('after')].map(({ value }) => value).sort(),
      );
    });
  });
}
