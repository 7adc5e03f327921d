import { createKafka } from '../../src/adapters/kafka/kafka-client';
import { KafkaTopicAdmin } from '../../src/adapters/kafka/kafka-topic-admin';
import { SharedAdmin } from '../../src/adapters/kafka/shared-admin';
import { TransientError } from '../../src/core/errors';
import { silentLog } from '../../src/core/ports/log.port';
import { KafkaLink } from '../support/kafka-link';
import { testServers, uniqueName } from '../support/servers';
import { waitUntil } from '../support/wait-until';

const METADATA = 3;

describe('the admin connection that all questions share', () => {
  const asked: { close(): Promise<void> }[] = [];

  const adminAt = (broker: string, deadlineMs?: number): SharedAdmin => {
    const admin = new SharedAdmin(createKafka({ brokers: [broker], clientId: 'shared-admin' }, silentLog), deadlineMs);
    asked.push(admin);
    return admin;
  };

  afterEach(async () => {
    await Promise.all(asked.splice(0).map((admin) => admin.close()));
  });

  it('stays open for a question that is under way when another one finds it lost', async () => {
    const shared = adminAt(testServers().kafka[0]!);
    const happened: string[] = [];
    const { promise: othersFailed, resolve: proceed } = Promise.withResolvers<void>();
    const underWay = shared.ask('list topics', async (admin) => {
      admin.on(admin.events.DISCONNECT, () => void happened.push('closed'));
      await othersFailed;
      const topics = await admin.listTopics();
      happened.push('answered');
      return topics;
    });
    await expect(shared.ask('lose it', () => Promise.reject(new Error('lost')))).rejects.toThrow('lose it at');
    proceed();
    await expect(underWay).resolves.toEqual(expect.any(Array));
    await waitUntil('the connection is closed', () => happened.length === 2);
    expect(happened).toEqual(['answered', 'closed']);
  });

  it('is another one for the second attempt', async () => {
    const shared = adminAt(testServers().kafka[0]!);
    const used = new Set<object>();
    const topics = await shared.ask('list topics', (admin) => {
      used.add(admin);
      return used.size === 1 ? Promise.reject(new Error('lost')) : admin.listTopics();
    });
    expect(topics).toEqual(expect.any(Array));
    expect(used.size).toBe(2);
  });

  it('is kept when the answer is a refusal of ours', async () => {
    const shared = adminAt(testServers().kafka[0]!);
    const used = new Set<object>();
    const refusal = new TransientError('no leader');
    const refused = shared.ask('create topics', (admin) => {
      used.add(admin);
      return Promise.reject(refusal);
    });
    await expect(refused).rejects.toBe(refusal);
    await shared.ask('list topics', (admin) => Promise.resolve(used.add(admin)));
    expect(used.size).toBe(1);
  });

  it('answers each of many questions about topics that are being made', async () => {
    const [broker] = testServers().kafka;
    const admin = new KafkaTopicAdmin(createKafka({ brokers: [broker!], clientId: 'shared-admin' }, silentLog));
    asked.push(admin);
    const names = Array.from({ length: 30 }, () => uniqueName('at_once'));
    try {
      const extents = names.map(async (topic) => {
        await admin.ensure([{ topic, partitions: 4, purpose: 'source' }]);
        return (await admin.extents(topic)).size;
      });
      await expect(Promise.all(extents)).resolves.toEqual(names.map(() => 4));
    } finally {
      await admin.remove(names);
    }
  });

  it('tells of a question that is never answered', async () => {
    const link = await KafkaLink.open();
    try {
      const shared = adminAt(link.address, 300);
      const held = link.holdAt(METADATA, { isForwarded: true });
      const answer = expect(shared.ask('list topics', (admin) => admin.listTopics())).rejects.toThrow(
        `list topics at ${link.address}: no answer in 0.3 s`,
      );
      await held;
      await answer;
    } finally {
      await link.close();
    }
  });
});
