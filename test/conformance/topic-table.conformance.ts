import type { TopicTableSpec } from '../../src/core/lookup/compiled-lookup';
import type { BatchConsumer } from '../../src/core/ports/batch-consumer.port';
import { silentLog } from '../../src/core/ports/log.port';
import type { RecordProducer } from '../../src/core/ports/record-producer.port';
import type { TopicAdmin } from '../../src/core/ports/topic-admin.port';
import { TopicTable } from '../../src/runtime/lookup/topic-table';
import { retryTransient } from '../../src/runtime/retry';
import { waitUntil } from '../support/wait-until';

export interface TopicTableHarness {
  readonly producer: RecordProducer;
  readonly topics: TopicAdmin;
  /** A name that no other test has. */
  newTopic(): string;
  followerOf(topic: string): BatchConsumer;
  close(): Promise<void>;
}

/** What a topic as a table guarantees, whatever log it is in. */
export function describeTopicTable(name: string, open: () => Promise<TopicTableHarness>): void {
  describe(`TopicTable on ${name}`, () => {
    let harness: TopicTableHarness;
    let topic: string;
    const tables: TopicTable[] = [];

    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness?.close());
    beforeEach(async () => {
      topic = harness.newTopic();
      await harness.topics.ensure([{ topic, partitions: 3, purpose: 'reference' }]);
    });
    afterEach(async () => {
      for (const table of tables.splice(0)) await table.close();
    });

    const put = (...entries: readonly [key: string, value: string | null, timestampMs?: number][]) =>
      harness.producer.send(
        topic,
        entries.map(([key, value, timestampMs]) => ({ key, value, ...(timestampMs !== undefined && { timestampMs }) })),
      );
    const opened = (pointInTime?: TopicTableSpec['pointInTime']): Promise<TopicTable> => {
      const spec: TopicTableSpec = { kind: 'topic', name: topic, pointInTime, maxEntries: 100_000 };
      const open = async (): Promise<TopicTable> => {
        const consumer = harness.followerOf(topic);
        const table = new TopicTable({ spec, topics: harness.topics, log: silentLog, consumer });
        tables.push(table);
        await table.open();
        return table;
      };
      // As the service does: a broker may not lead a partition yet that it has just been given.
      return retryTransient(open, { signal: new AbortController().signal, onFailure: () => undefined });
    };

    it('holds all that was in the topic when it was opened, from all partitions', async () => {
      const keys = Array.from({ length: 2_000 }, (_, i) => `k${i}`);
      await put(...keys.map((key): [string, string] => [key, 'old']));
      await put(...keys.map((key, i): [string, string | null] => [key, i % 10 === 0 ? null : `{"i":${i}}`]));
      const { entries } = await opened();
      expect(entries.size).toBe(1_800);
      expect(entries.find('k1999', 0)).toEqual({ i: 1_999 });
      expect(entries.find('k10', 0)).toBeUndefined();
    });

    it('is complete at once where there is nothing', async () => {
      expect((await opened()).entries.size).toBe(0);
    });

    it('follows what comes after', async () => {
      await put(['a', '1']);
      const { entries } = await opened();
      await put(['a', '2'], ['b', '3']);
      await waitUntil('both are seen', () => entries.find('a', 0) === 2 && entries.find('b', 0) === 3);
      await put(['a', null]);
      await waitUntil('the deletion is seen', () => entries.find('a', 0) === undefined);
    });

    it('gives every process that reads it the same, by time', async () => {
      const at = (second: number): number => Date.UTC(2013, 0, 1, 0, 0, second);
      await put(['a', '"late"', at(20)], ['a', '"early"', at(10)], ['a', '"same time"', at(20)], ['a', null, at(30)]);
      const pointInTime = { timeField: undefined, historyMs: 86_400_000 };
      for (const table of [await opened(pointInTime), await opened(pointInTime)]) {
        const found = [9, 10, 19, 20, 29, 30].map((second) => table.entries.find('a', at(second)));
        expect(found).toEqual([undefined, 'early', 'early', 'same time', 'same time', undefined]);
      }
    });
  });
}
