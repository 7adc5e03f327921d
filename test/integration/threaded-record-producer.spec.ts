import { join } from 'node:path';

import type * as Threaded from '../../src/adapters/kafka/threaded-record-producer';
import { silentLog } from '../../src/core/ports/log.port';
import { openKafkaLog } from '../conformance/log-kafka';
import type { LogHarness } from '../conformance/record-producer.conformance';
import { testServers, uniqueName } from '../support/servers';

jest.setTimeout(60_000);

/** As built: a thread runs JavaScript. */
const BUILT = join(__dirname, '..', '..', 'dist', 'adapters', 'kafka', 'threaded-record-producer.js');

describe('the producer in a thread', () => {
  let log: LogHarness;
  let producer: Threaded.ThreadedRecordProducer;
  let topic: string;

  beforeAll(async () => {
    log = await openKafkaLog();
    const { ThreadedRecordProducer } = (await import(BUILT)) as typeof Threaded;
    producer = new ThreadedRecordProducer({ brokers: testServers().kafka, clientId: 'threaded' }, silentLog);
  });
  beforeEach(async () => {
    topic = uniqueName('threaded');
    await log.topics.ensure([{ topic, partitions: 2, purpose: 'output' }]);
  });
  afterAll(async () => {
    await producer.close();
    await log.close();
  });

  it('stores texts, times and headers, and says where', async () => {
    const records = ['हैदराबाद', 'b', 'c', 'b'].map((key, i) => ({
      key,
      value: `value ${i} µ`,
      timestampMs: 1_357_000_000_000 + i,
      headers: { 'millrace-revision': String(i) },
    }));
    const positions = await producer.send(topic, records);
    expect(positions).toHaveLength(4);
    const stored = await log.stored(topic, 4);
    const byValue = new Map(stored.map((record) => [record.value, record]));
    for (const [i, record] of records.entries())
      expect(byValue.get(`value ${i} µ`)).toEqual({ ...record, ...positions[i] });
  });

  it('answers many sends at once, each with its own positions', async () => {
    const sends = Array.from({ length: 20 }, (_, i) => producer.send(topic, [{ key: 'same', value: `${i}` }]));
    const offsets = (await Promise.all(sends)).map(([position]) => Number(position!.offset));
    expect(offsets.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('keeps the type of a refusal', async () => {
    const huge = 'x'.repeat(9 * 2 ** 20);
    const sending = producer.send(topic, [
      { key: 'a', value: 'small' },
      { key: 'a', value: huge },
    ]);
    await expect(sending).rejects.toMatchObject({ name: 'RecordTooLargeError', topic, index: 1 });
    await expect(producer.send(topic, [{ key: 'a', value: 'next' }])).resolves.toHaveLength(1);
  });

  it('says that an unreachable broker is a passing trouble', async () => {
    const { ThreadedRecordProducer } = (await import(BUILT)) as typeof Threaded;
    const lost = new ThreadedRecordProducer({ brokers: ['127.0.0.1:1'], clientId: 'lost' }, silentLog);
    await expect(lost.send(topic, [{ key: 'a', value: 'b' }])).rejects.toMatchObject({ name: 'TransientError' });
    await lost.close();
  });
});
