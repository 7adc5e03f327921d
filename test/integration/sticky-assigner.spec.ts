import { createKafka } from '../../src/adapters/kafka/kafka-client';
import { KafkaBatchConsumer } from '../../src/adapters/kafka/kafka-batch-consumer';
import { KafkaTopicAdmin } from '../../src/adapters/kafka/kafka-topic-admin';
import { silentLog } from '../../src/core/ports/log.port';
import { testServers, uniqueName } from '../support/servers';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(60_000);

const PARTITIONS = 7;

describe('a group of consumers on a real broker', () => {
  const kafka = createKafka({ brokers: testServers().kafka, clientId: 'sticky-test' }, silentLog);
  const topics = new KafkaTopicAdmin(kafka);
  const topic = uniqueName('sticky');
  const consumers: KafkaBatchConsumer[] = [];

  /** A member and what it was assigned, the newest last. */
  async function join(): Promise<{ assignments: (readonly number[])[]; leave: () => Promise<void> }> {
    const assignments: (readonly number[])[] = [];
    const consumer = new KafkaBatchConsumer({ kafka, groupId: topic, topic, concurrency: 1, log: silentLog });
    consumers.push(consumer);
    await consumer.run({
      assigned: (partitions) => void assignments.push([...partitions].sort((a, b) => a - b)),
      skipped: () => undefined,
      batch: () => Promise.resolve(),
    });
    return { assignments, leave: () => consumer.stop() };
  }

  afterAll(async () => {
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    await topics.close();
  });

  it('keeps partitions where they are when a member comes, and when it goes', async () => {
    await topics.ensure([{ topic, partitions: PARTITIONS, purpose: 'source' }]);
    const first = await join();
    await waitUntil('the first has all', () => Promise.resolve(first.assignments.at(-1)?.length === PARTITIONS));
    const second = await join();
    await waitUntil('the second has its share', () => Promise.resolve(second.assignments.at(-1)?.length === 3));
    await waitUntil('the first has the rest', () => Promise.resolve(first.assignments.at(-1)?.length === 4));
    const third = await join();
    await waitUntil('the third has its share', () => Promise.resolve(third.assignments.at(-1)?.length === 2));
    const kept = (member: typeof first): boolean =>
      member.assignments.at(-1)!.every((partition) => member.assignments.at(-2)!.includes(partition));
    await waitUntil('the others have theirs', () =>
      Promise.resolve(first.assignments.length === 3 && second.assignments.length === 2),
    );
    expect([kept(first), kept(second)]).toEqual([true, true]);
    const before = [first.assignments.at(-1)!, second.assignments.at(-1)!];
    await third.leave();
    await waitUntil('the others have all', () =>
      Promise.resolve(first.assignments.at(-1)!.length + second.assignments.at(-1)!.length === PARTITIONS),
    );
    expect(first.assignments.at(-1)).toEqual(expect.arrayContaining([...before[0]!]));
    expect(second.assignments.at(-1)).toEqual(expect.arrayContaining([...before[1]!]));
  });
});
