import { TransientError } from '../../src/core/errors';
import { waitUntil } from '../support/wait-until';
import { uniqueName } from '../support/servers';
import type { LogHarness } from './record-producer.conformance';

/** What every TopicAdmin guarantees. */
export function describeTopicAdmin(name: string, open: () => Promise<LogHarness>): void {
  describe(`TopicAdmin: ${name}`, () => {
    let log: LogHarness;

    beforeAll(async () => {
      log = await open();
    });
    afterAll(() => log?.close());

    const newTopic = async (partitions: number): Promise<string> => {
      const topic = uniqueName('admin');
      await log.topics.ensure([{ topic, partitions, purpose: 'source' }]);
      return topic;
    };

    it('creates topics that can be written to at once', async () => {
      const topics = [uniqueName('admin'), uniqueName('admin')];
      await log.topics.ensure(topics.map((topic) => ({ topic, partitions: 4, purpose: 'output' })));
      for (const topic of topics) {
        expect(await log.topics.partitionCount(topic)).toBe(4);
        await expect(log.producer.send(topic, [{ key: 'k', value: 'v' }])).resolves.toHaveLength(1);
      }
    });

    it('leaves a topic alone that exists', async () => {
      const topic = await newTopic(2);
      await log.producer.send(topic, [{ key: 'k', value: 'v' }]);
      await log.topics.ensure([{ topic, partitions: 5, purpose: 'source' }]);
      expect(await log.topics.partitionCount(topic)).toBe(2);
      expect(await log.stored(topic, 1)).toHaveLength(1);
    });

    it('lets several processes create one topic at the same time', async () => {
      const topic = uniqueName('admin');
      const ensure = () => log.topics.ensure([{ topic, partitions: 3, purpose: 'dead' }]);
      await Promise.all([ensure(), ensure(), ensure()]);
      expect(await log.topics.partitionCount(topic)).toBe(3);
    });

    it('knows no partitions of a topic that does not exist, and does not create it by asking', async () => {
      const topic = uniqueName('absent');
      expect(await log.topics.partitionCount(topic)).toBeUndefined();
      expect(await log.topics.mirrored('group', topic)).toEqual([]);
      await expect(log.topics.extents(topic)).rejects.toThrow(TransientError);
      expect(await log.topics.partitionCount(topic)).toBeUndefined();
    });

    it('appends to the partition that a record names, whatever its key', async () => {
      const topic = await newTopic(3);
      const records = [2, 0, 1].map((partition) => ({ key: 'one key', value: 'v', partition }));
      const placed = await log.producer.send(topic, records);
      expect(placed.map(({ partition }) => partition)).toEqual([2, 0, 1]);
    });

    it('names the topics that begin alike, and removes those that are there', async () => {
      const prefix = `${uniqueName('named')}.`;
      const topics = [`${prefix}a`, `${prefix}b`];
      await log.topics.ensure(topics.map((topic) => ({ topic, partitions: 1, purpose: 'repartition' })));
      expect(await log.topics.named(prefix)).toEqual(topics);
      await log.topics.remove([`${prefix}a`, `${prefix}absent`]);
      await waitUntil('one is left', async () => (await log.topics.named(prefix)).length === 1);
      expect(await log.topics.named(prefix)).toEqual([`${prefix}b`]);
    });

    it('tells where each partition begins and ends', async () => {
      const topic = await newTopic(2);
      const positions = await log.producer.send(
        topic,
        Array.from({ length: 5 }, () => ({ key: 'one key', value: 'v' })),
      );
      const used = positions[0]!.partition;
      const extents = await log.topics.extents(topic);
      expect([...extents.keys()]).toEqual([0, 1]);
      expect(extents.get(used)).toEqual({ earliest: 0n, end: 5n });
      expect(extents.get(1 - used)).toEqual({ earliest: 0n, end: 0n });
    });

    it('reads mirrored offsets with their metadata, and none for partitions without one', async () => {
      const topic = await newTopic(3);
      const group = uniqueName('group');
      const spread = Array.from({ length: 30 }, () => ({ key: null, value: 'v' }));
      await log.producer.send(topic, spread);
      expect(await log.topics.mirrored(group, topic)).toEqual([]);
      await log.mirror(
        group,
        topic,
        new Map([
          [2, 7n],
          [0, 4n],
        ]),
        'generation 12',
      );
      expect(await log.topics.mirrored(group, topic)).toEqual([
        { partition: 0, nextOffset: 4n, metadata: 'generation 12' },
        { partition: 2, nextOffset: 7n, metadata: 'generation 12' },
      ]);
    });
  });
}
