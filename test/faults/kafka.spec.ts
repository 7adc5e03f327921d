import { setTimeout as delay } from 'node:timers/promises';

import { type Admin, Kafka, logLevel } from 'kafkajs';

import { FaultedPipeline } from '../support/faulted-pipeline';
import { ownServers, serversWithOwn } from '../support/own-servers';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(180_000);

/** Longer than the session of a consumer, and than a fetch may take. */
const STANDSTILL_MS = 15_000;

describe('Kafka', () => {
  const servers = serversWithOwn('kafka');
  const env = { MILLRACE_KAFKA_BROKERS: servers.kafka.join(',') };
  let admin: Admin;
  let pipeline: FaultedPipeline;

  const start = async (name: string): Promise<void> => {
    pipeline = await FaultedPipeline.start({ name, env, servers });
  };

  beforeAll(async () => {
    await ownServers.start('kafka');
    admin = new Kafka({ brokers: servers.kafka, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
  });
  afterEach(() => pipeline.close());
  afterAll(async () => {
    await admin.disconnect();
    await ownServers.stop('kafka');
  });

  it('whose broker is killed and restarted under load makes the service unready, and costs nothing', async () => {
    await start('kafka-killed');
    await pipeline.someTime();
    await ownServers.signal('kafka', 'SIGKILL');
    expect(await pipeline.unready('kafka')).toMatch(/\S/);
    expect((await pipeline.health('live')).status).toBe(200);
    await ownServers.start('kafka');
    await pipeline.service.ready();
    await pipeline.someTime();
    await pipeline.expectNothingLostNothingDouble();
  });

  it('whose broker stands still for longer than a session lasts costs nothing', async () => {
    await start('kafka-stopped');
    await pipeline.someTime();
    await ownServers.signal('kafka', 'SIGSTOP');
    const standstill = delay(STANDSTILL_MS);
    expect(await pipeline.unready('kafka')).toMatch(/\S/);
    await standstill;
    await ownServers.signal('kafka', 'SIGCONT');
    await pipeline.service.ready();
    await pipeline.someTime();
    await pipeline.expectNothingLostNothingDouble();
  });

  it('that adds partitions to the source fails the pipeline, now and after a restart, and says what to do', async () => {
    await start('kafka-partitions');
    const { topic } = pipeline.copy;
    await pipeline.someTime();
    await admin.createPartitions({ topicPartitions: [{ topic, count: 6 }] });
    const words = `Topic ${topic} had 4 partitions when ${pipeline.copy.name} was deployed and has 6`;
    expect((await pipeline.logs('task.failed')).message).toContain(words);
    expect(await pipeline.unready(pipeline.part)).toContain('Send the records to a new topic');

    await pipeline.service.stop();
    await pipeline.startService();
    expect((await pipeline.logs('pipeline.failed')).message).toContain(words);
    expect(await pipeline.unready(pipeline.part)).toContain(words);
  });

  it('whose retention deletes what is not yet processed fails the tasks concerned, with the remedy', async () => {
    await start('kafka-retention');
    const { topic, name } = pipeline.copy;
    await pipeline.someTime();
    await pipeline.copy.isMirrored();
    await pipeline.service.kill();
    await pipeline.someTime();
    const ends = await admin.fetchTopicOffsets(topic);
    const partitions = ends
      .filter(({ high }) => high !== '0')
      .map(({ partition, high }) => ({ partition, offset: high }));
    await admin.deleteTopicRecords({ topic, partitions });
    await pipeline.startService();
    const { message } = await pipeline.logs('task.failed');
    expect(message).toContain('retention deleted records before they were processed');
    expect(message).toContain(`millrace reset ${name} --to earliest`);
    expect(await pipeline.unready(pipeline.part)).toContain('retention.ms=-1');
  });

  it('whose retention runs past a task that waits fails it as soon as it reads on', async () => {
    await start('kafka-retention-living');
    const { topic } = pipeline.copy;
    await pipeline.someTime();
    pipeline.service.signal('SIGSTOP');
    await pipeline.feed.more(20);
    const ends = await admin.fetchTopicOffsets(topic);
    const partitions = ends
      .filter(({ high }) => high !== '0')
      .map(({ partition, high }) => ({ partition, offset: high }));
    await admin.deleteTopicRecords({ topic, partitions });
    pipeline.service.signal('SIGCONT');
    const { message } = await pipeline.logs('task.failed');
    expect(message).toContain('retention deleted records before they were processed');
  });

  it('whose source topic is deleted makes the pipeline wait, and fail once there is another of that name', async () => {
    await start('kafka-deleted');
    const { topic } = pipeline.copy;
    await pipeline.someTime();
    await pipeline.copy.isMirrored();
    await pipeline.feed.stop();
    await admin.deleteTopics({ topics: [topic] });
    expect(await pipeline.unready(pipeline.part)).toContain(`Topic ${topic} is not there`);
    expect((await pipeline.health('live')).status).toBe(200);
    await waitUntil('the topic is made anew', () =>
      admin.createTopics({ topics: [{ topic, numPartitions: 4 }] }).catch(() => false),
    );
    const { message } = await pipeline.logs('task.failed');
    expect(message).toContain('the topic was deleted or cut short');
  });
});
