import type { TopicReader } from '../../src/core/ports/topic-reader.port';
import type { LogHarness } from './record-producer.conformance';
import { uniqueName } from '../support/servers';

/** What every TopicReader guarantees. */
export function describeTopicReader(
  name: string,
  open: () => Promise<{ readonly log: LogHarness; readonly reader: TopicReader; close(): Promise<void> }>,
): void {
  describe(`TopicReader: ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let topic: string;

    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());
    beforeEach(async () => {
      topic = uniqueName('topic');
      await opened.log.topics.ensure([{ topic, partitions: 2, purpose: 'dead' }]);
    });

    it('reads a partition from any offset to its end, fetch by fetch', async () => {
      const records = Array.from({ length: 40 }, (_, i) => ({
        ...{ key: 'a', value: `${i} ${'x'.repeat(100_000)}`, timestampMs: 1_600_000_000_000 + i },
        headers: { place: String(i) },
      }));
      const positions = [
        ...(await opened.log.producer.send(topic, records.slice(0, 20))),
        ...(await opened.log.producer.send(topic, records.slice(20))),
      ];
      const { partition } = positions[0]!;
      const read: unknown[] = [];
      for (let next = 7n; next < 40n;) {
        const page = await opened.reader.read(topic, partition, next);
        for (const { offset, key, value, headers, timestampMs } of page.records) {
          const texts = [key!, value!.subarray(0, 2), headers!['place'] as Uint8Array | string];
          read.push([Number(offset), timestampMs - 1_600_000_000_000, ...texts.map(textOf)]);
        }
        expect(page.nextOffset).toBeGreaterThan(next);
        next = page.nextOffset;
      }
      expect(read).toEqual(
        Array.from({ length: 33 }, (_, i) => [i + 7, i + 7, 'a', `${i + 7} `.slice(0, 2), String(i + 7)]),
      );
    });

    it('brings nothing at the end, and of an empty partition', async () => {
      const [position] = await opened.log.producer.send(topic, [{ key: 'a', value: '1' }]);
      const { partition } = position!;
      expect(await opened.reader.read(topic, partition, 1n)).toEqual({ records: [], nextOffset: 1n });
      expect(await opened.reader.read(topic, 1 - partition, 0n)).toEqual({ records: [], nextOffset: 0n });
    });
  });
}

function textOf(content: Uint8Array | string): string {
  return typeof content === 'string' ? content : new TextDecoder().decode(content);
}
