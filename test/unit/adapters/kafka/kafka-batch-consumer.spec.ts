import type { Consumer, EachBatchHandler, EachBatchPayload, Kafka } from 'kafkajs';
import { KafkaBatchConsumer } from '../../../../src/adapters/kafka/kafka-batch-consumer';
import type { BatchControl } from '../../../../src/core/ports/batch-consumer.port';
import { silentLog } from '../../../../src/core/ports/log.port';
import type { SourceRecord } from '../../../../src/core/ports/record-source.port';

describe('a Kafka consumer that is told to end', () => {
  let eachBatch: EachBatchHandler;
  let consumer: KafkaBatchConsumer;
  let heartbeats: number;
  let sought: object[];
  const listeners = new Map<string, (happening: { payload: object }) => void>();

  /** What kafkajs offers of a consumer, as far as a batch needs it. */
  const kafka = (): Kafka => {
    const client = {
      events: { GROUP_JOIN: 'a', END_BATCH_PROCESS: 'b', CRASH: 'c', STOP: 'd' },
      on: (event: string, listener: (happening: { payload: object }) => void) => void listeners.set(event, listener),
      connect: () => Promise.resolve(),
      subscribe: () => Promise.resolve(),
      disconnect: () => Promise.resolve(),
      seek: (place: object) => void sought.push(place),
      run: (options: { eachBatch: EachBatchHandler }) => {
        ({ eachBatch } = options);
        return Promise.resolve();
      },
    };
    return { consumer: () => client as unknown as Consumer } as unknown as Kafka;
  };
  const payload = (
    heartbeat = (): Promise<void> => Promise.resolve(void heartbeats++),
    messages: readonly object[] = [],
  ): EachBatchPayload =>
    ({
      batch: { topic: 't', partition: 0, fetchedOffset: '0', highWatermark: '0', messages, lastOffset: () => '5' },
      heartbeat,
      isRunning: () => true,
      isStale: () => false,
    }) as unknown as EachBatchPayload;
  const run = (batch: (control: BatchControl) => Promise<void>): Promise<void> =>
    consumer.run({ assigned: () => undefined, skipped: () => undefined, batch: (_, control) => batch(control) });

  beforeEach(() => {
    heartbeats = 0;
    sought = [];
    consumer = new KafkaBatchConsumer({ kafka: kafka(), groupId: 'g', topic: 't', concurrency: 1, log: silentLog });
  });
  afterEach(() => consumer.stop());

  it('gives up what a batch waits for at its next heartbeat, and tells kafkajs of no failure', async () => {
    let goOn = (): void => undefined;
    const waits = new Promise<void>((resolve) => (goOn = resolve));
    await run(async (control) => {
      await control.heartbeat();
      await waits;
      await control.heartbeat();
      throw new Error('it went on');
    });
    const batch = eachBatch(payload());
    const quiet = consumer.quiesce();
    goOn();
    await expect(batch).resolves.toBeUndefined();
    await quiet;
    expect(heartbeats).toBe(1);
  });

  it('seeks once it has joined again what it is asked to while its consumer has failed, for kafkajs would throw', async () => {
    await run(() => Promise.resolve());
    const joins = (): void => listeners.get('a')!({ payload: { memberAssignment: { t: [0, 2] } } });
    joins();
    consumer.seek(0, 1n);
    listeners.get('d')!({ payload: {} });
    consumer.seek(0, 2n);
    consumer.seek(1, 3n);
    expect(sought).toEqual([{ topic: 't', partition: 0, offset: '1' }]);
    joins();
    consumer.seek(2, 4n);
    expect(sought.slice(1)).toEqual([
      { topic: 't', partition: 0, offset: '2' },
      { topic: 't', partition: 2, offset: '4' },
    ]);
  });

  it('lets a rebalance through to kafkajs', async () => {
    await run((control) => control.heartbeat());
    const rebalance = new Error('REBALANCE_IN_PROGRESS');
    await expect(eachBatch(payload(() => Promise.reject(rebalance)))).rejects.toBe(rebalance);
  });

  it('hands on what kafkajs decodes by itself too', async () => {
    let records: readonly SourceRecord[] = [];
    await consumer.run({
      assigned: () => undefined,
      skipped: () => undefined,
      batch: (batch) => Promise.resolve(void ({ records } = batch)),
    });
    const value = Buffer.from('v');
    await eachBatch(payload(undefined, [{ offset: '5', timestamp: '1357000000000', key: null, value, headers: {} }]));
    expect(records).toHaveLength(1);
    const [record] = records;
    expect([record?.offset, record?.timestampMs, record?.key, record?.value]).toEqual([
      5n,
      1_357_000_000_000,
      null,
      value,
    ]);
  });

  it.each([
    ['of records that are not for us', { firstOffset: '5', lastOffset: '7' }, [0, 5n, 8n]],
    ['of which compaction took the end', { firstOffset: null, lastOffset: '5' }, [0, 5n, 6n]],
  ])('goes over the offsets of a batch %s', async (_what, offsets, expected) => {
    const skipped: unknown[] = [];
    const batch = (): Promise<void> => Promise.resolve();
    await consumer.run({ assigned: () => undefined, skipped: (...gap) => void skipped.push(gap), batch });
    listeners.get('b')!({ payload: { batchSize: 0, partition: 0, ...offsets } });
    expect(skipped).toEqual([expected]);
  });
});
