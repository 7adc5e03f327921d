import { FatalError, FencedError } from '../../src/core/errors';
import type { OutgoingRecord, RecordPosition } from '../../src/core/ports/record-producer.port';
import { MAX_BATCH_BYTES } from '../../src/core/ports/topic-admin.port';
import type {
  RecordRange,
  TransactionLog,
  TransactionTarget,
  TransactionWriter,
} from '../../src/core/ports/transaction-log.port';
import { uniqueName } from '../support/servers';
import type { LogHarness } from './record-producer.conformance';

export interface TransactionLogHarness extends LogHarness {
  readonly transactions: TransactionLog;
}

const never = new AbortController().signal;
const PARTITIONS = 3;
const records = (from: number, count: number): OutgoingRecord[] =>
  Array.from({ length: count }, (_, i) => ({
    key: `key-${from + i}`,
    value: `value-${from + i}`,
    headers: { n: '1' },
  }));

/** What every TransactionLog guarantees. */
export function describeTransactionLog(name: string, open: () => Promise<TransactionLogHarness>): void {
  describe(`TransactionLog: ${name}`, () => {
    let under: TransactionLogHarness;
    let target: TransactionTarget;
    const writers: TransactionWriter[] = [];
    const openWriter = async (partition = 0): Promise<TransactionWriter> => {
      const task = { ...target.task, partition };
      const writer = await under.transactions.open({ ...target, task });
      writers.push(writer);
      return writer;
    };
    const commit = async (writer: TransactionWriter, sent: OutgoingRecord[], nextOffset: bigint, memo: string) => {
      let positions: readonly RecordPosition[] = [];
      const markOf = (at: readonly RecordPosition[]) => {
        positions = at;
        return { nextOffset, memo };
      };
      await writer.commit(sent, markOf, never);
      return positions;
    };
    const valuesOf = async (count: number): Promise<(string | null)[]> =>
      (await under.stored(target.topic, count)).map(({ value }) => value).sort();

    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());
    beforeEach(async () => {
      const sourceTopic = uniqueName('source');
      target = { task: { pipeline: uniqueName('pipeline'), partition: 0 }, sourceTopic, topic: uniqueName('output') };
      await under.topics.ensure([
        { topic: sourceTopic, partitions: 2, purpose: 'source' },
        { topic: target.topic, partitions: PARTITIONS, purpose: 'output' },
      ]);
    });
    afterEach(async () => {
      for (const writer of writers.splice(0)) await writer.close();
    });

    it('leaves nothing to the first writer, and to the next what the last transaction left', async () => {
      const first = await openWriter();
      expect(first.left).toBeUndefined();
      await commit(first, records(0, 2), 7n, 'one');
      await commit(first, records(2, 2), 9n, 'two');
      expect((await openWriter()).left).toEqual({ nextOffset: 9n, memo: 'two' });
      expect((await openWriter(1)).left).toBeUndefined();
    });

    it('says where each record of many transactions in a row is', async () => {
      const writer = await openWriter();
      const placed = new Map<string, RecordPosition>();
      for (let i = 0; i < 20; i++) {
        const sent = records(i * 5, 5);
        const positions = await commit(writer, sent, BigInt(i), 'memo');
        sent.forEach(({ value }, j) => placed.set(String(value), positions[j]!));
      }
      const stored = await under.stored(target.topic, 100);
      expect(stored).toHaveLength(100);
      for (const { value, partition, offset } of stored) {
        expect({ value, ...placed.get(value!) }).toEqual({ value, partition, offset });
      }
    });

    it('fences a writer when another is opened for the task, and shows nothing of it', async () => {
      const zombie = await openWriter();
      await commit(zombie, records(0, 1), 1n, 'first');
      const owner = await openWriter();
      await expect(commit(zombie, records(1, 1), 2n, 'zombie')).rejects.toThrow(FencedError);
      await commit(owner, records(2, 1), 2n, 'second');
      expect(await valuesOf(2)).toEqual(['value-0', 'value-2']);
      expect((await openWriter()).left).toEqual({ nextOffset: 2n, memo: 'second' });
    });

    it('lets tasks of one pipeline write side by side', async () => {
      const [one, other] = [await openWriter(0), await openWriter(1)];
      await Promise.all([commit(one, records(0, 10), 1n, 'one'), commit(other, records(10, 10), 2n, 'other')]);
      await commit(one, records(20, 1), 3n, 'one again');
      expect(await valuesOf(21)).toHaveLength(21);
      expect((await openWriter(1)).left?.memo).toBe('other');
    });

    it('is fatal for a record that the topic will never take, and nothing of its transaction is seen', async () => {
      const writer = await openWriter();
      const large = { key: 'large', value: 'x'.repeat(MAX_BATCH_BYTES.output + 1) };
      await expect(commit(writer, [large], 1n, 'large')).rejects.toThrow(FatalError);
      const next = await openWriter();
      expect(next.left).toBeUndefined();
      await commit(next, records(0, 1), 1n, 'small');
      expect(await valuesOf(1)).toEqual(['value-0']);
    });

    it('reads the records of ranges, once and again, whatever lies around them', async () => {
      const [writer, other] = [await openWriter(0), await openWriter(1)];
      await commit(writer, records(0, 30), 1n, 'one');
      const positions = await commit(writer, records(30, 30), 2n, 'two');
      await commit(other, records(60, 30), 1n, 'other');
      const ranges: RecordRange[] = [...Map.groupBy(positions, ({ partition }) => partition)].map(
        ([partition, of]) => ({
          ...{ partition, first: of[0]!.offset, last: of.at(-1)!.offset },
        }),
      );
      const reader = under.transactions.reader(target);
      for (let i = 0; i < 2; i++) {
        const read = await reader.read(ranges);
        expect(read.map(({ value }) => Buffer.from(value!).toString()).sort()).toEqual(
          records(30, 30).map(({ value }) => value),
        );
        expect(Buffer.from(read[0]!.headers!['n'] as Uint8Array).toString()).toBe('1');
      }
      const earlier = await reader.read([{ partition: ranges[0]!.partition, first: 0n, last: 0n }]);
      expect(earlier).toHaveLength(1);
      await reader.close();
    });

    it('has no records of a range beyond its end, as when the topic was made anew', async () => {
      const reader = under.transactions.reader(target);
      expect(await reader.read([{ partition: 0, first: 90n, last: 99n }])).toEqual([]);
      await reader.close();
    });
  });
}
