import { MemoryBatchConsumer } from '../../../../src/adapters/memory/memory-batch-consumer';
import { MemoryLog } from '../../../../src/adapters/memory/memory-log';
import { FatalError, TransientError } from '../../../../src/core/errors';
import type { TopicTableSpec } from '../../../../src/core/lookup/compiled-lookup';
import type { BatchConsumer, BatchControl, BatchHandlers } from '../../../../src/core/ports/batch-consumer.port';
import { type Log, silentLog } from '../../../../src/core/ports/log.port';
import type { SourceRecord } from '../../../../src/core/ports/record-source.port';
import { TopicTable } from '../../../../src/runtime/lookup/topic-table';
import { waitUntil } from '../../../support/wait-until';

const TOPIC = 'sensors';
const SPEC: TopicTableSpec = { kind: 'topic', name: TOPIC, pointInTime: undefined, maxEntries: 100 };

/** Delivers what a test says, when it says it. */
class HandDriven implements BatchConsumer {
  readonly isDelivering = true;
  readonly seeks: [number, bigint][] = [];
  handlers!: BatchHandlers;
  stopped = false;

  run(handlers: BatchHandlers): Promise<void> {
    this.handlers = handlers;
    return Promise.resolve();
  }

  seek(partition: number, offset: bigint): void {
    this.seeks.push([partition, offset]);
  }

  quiesce(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.stopped = true;
    return Promise.resolve();
  }

  mirror(): Promise<void> {
    return Promise.reject(new Error('a table mirrors nothing'));
  }

  /** Resolves with the offset that was resolved. */
  async deliver(partition: number, ...records: SourceRecord[]): Promise<bigint | undefined> {
    let resolved: bigint | undefined;
    const control = { resolve: (offset: bigint) => void (resolved = offset) } as unknown as BatchControl;
    const batch = { topic: TOPIC, partition, fetchedOffset: records[0]!.offset, endOffset: 0n, records };
    await this.handlers.batch(batch, control);
    return resolved;
  }
}

function record(offset: number, key: string | null, value: string | null): SourceRecord {
  const bytes = (text: string | null): Uint8Array | null => (text === null ? null : Buffer.from(text));
  return { offset: BigInt(offset), timestampMs: 0, key: bytes(key), value: bytes(value) };
}

describe('the table of a topic', () => {
  let log: MemoryLog;
  let table: TopicTable;

  beforeEach(async () => {
    log = new MemoryLog({ now: () => 0 });
    await log.ensure([{ topic: TOPIC, partitions: 2, purpose: 'reference' }]);
  });
  afterEach(() => table.close());

  const send = (...entries: [string, string | null][]) =>
    log.send(
      TOPIC,
      entries.map(([key, value]) => ({ key, value })),
    );
  const following = (spec: Partial<TopicTableSpec> = {}): TopicTable =>
    (table = new TopicTable({
      ...{ spec: { ...SPEC, ...spec }, topics: log, log: silentLog },
      consumer: new MemoryBatchConsumer({ log, groupId: 'g', topic: TOPIC }),
    }));
  const driven = (spec: Partial<TopicTableSpec> = {}, told: Log = silentLog): HandDriven => {
    const consumer = new HandDriven();
    table = new TopicTable({ spec: { ...SPEC, ...spec }, topics: log, log: told, consumer });
    return consumer;
  };

  it('holds all that was there once it is open, and then what comes', async () => {
    await send(['a', '1'], ['b', '{"x":2}'], ['a', '3'], ['c', '4'], ['c', null]);
    await following().open();
    expect(['a', 'b', 'c'].map((key) => table.entries.find(key, 0))).toEqual([3, { x: 2 }, undefined]);
    await send(['a', '5']);
    await waitUntil('the change is seen', () => table.entries.find('a', 0) === 5);
  });

  it('of an empty topic is complete at once', async () => {
    await following().open();
    expect([table.progress, table.entries.size]).toEqual([undefined, 0]);
  });

  it('cannot be opened while the topic is not there', async () => {
    table = new TopicTable({
      spec: { ...SPEC, name: 'none' },
      topics: log,
      log: silentLog,
      consumer: new HandDriven(),
    });
    await expect(table.open()).rejects.toThrow(TransientError);
  });

  it('is complete when it has come to the ends that it found, and says how far that is', async () => {
    await send(['a', '1'], ['a', '2'], ['a', '3'], ['b', '4']);
    const consumer = driven();
    expect(table.progress).toBe('it waits to be read');
    let isOpen = false;
    const opened = table.open().then(() => (isOpen = true));
    await waitUntil('it is run', () => consumer.handlers !== undefined);
    const ends = await log.extents(TOPIC);
    const partition = [...ends].find(([, { end }]) => end >= 3n)![0];
    expect(table.progress).toBe('0 entries are read, 4 offsets are to go');
    expect(await consumer.deliver(partition, record(0, 'a', '1'))).toBe(1n);
    await send(['a', 'after the end']);
    expect(table.progress).toBe('1 entries are read, 3 offsets are to go');
    expect(isOpen).toBe(false);
    for (const [other, { end }] of ends) {
      consumer.handlers.skipped(other, other === partition ? 1n : 0n, end);
    }
    await opened;
    expect(table.progress).toBeUndefined();
  });

  it('goes on where it is when the consumer begins anew, and takes nothing twice', async () => {
    await send(['a', '1'], ['a', '2']);
    const consumer = driven();
    const opened = table.open();
    await waitUntil('it is run', () => consumer.handlers !== undefined);
    const partition = [...(await log.extents(TOPIC))].find(([, { end }]) => end === 2n)![0];
    await consumer.deliver(partition, record(0, 'a', '1'), record(1, 'a', '2'));
    await opened;
    consumer.handlers.assigned([partition]);
    expect(consumer.seeks).toEqual([[partition, 2n]]);
    expect(await consumer.deliver(partition, record(0, 'a', '1'))).toBe(2n);
    expect(table.entries.find('a', 0)).toBe(2);
  });

  it('leaves a record that is no entry out, says so, and goes on', async () => {
    const told: string[] = [];
    const warn: Log['warn'] = ({ event, offset }, message) => void told.push(`${event} ${String(offset)}: ${message}`);
    const consumer = driven({}, { ...silentLog, warn });
    await table.open();
    await consumer.deliver(0, record(0, 'a', '1'), record(1, null, '2'), record(2, 'b', '3'));
    expect([table.entries.find('a', 0), table.entries.find('b', 0)]).toEqual([1, 3]);
    expect(told).toEqual([
      'lookup.bad-record 1: A record of topic sensors is no entry of its lookup table and is left out: the record has no key',
    ]);
    await consumer.deliver(0, ...Array.from({ length: 50 }, (_, i) => record(3 + i, null, 'x')));
    expect(told).toHaveLength(20);
    expect(told.at(-1)).toMatch(/; more are not told$/);
  });

  it('cannot be opened when it has more entries than allowed', async () => {
    await send(['a', '1'], ['b', '2'], ['c', '3']);
    const opened = following({ maxEntries: 2 }).open();
    await expect(opened).rejects.toThrow(FatalError);
    await expect(opened).rejects.toThrow(/topic sensors has more than 2 entries; raise maxEntries/);
  });

  it('gives whoever waits for it up when it is closed', async () => {
    await send(['a', '1']);
    const consumer = driven();
    const opened = table.open();
    await waitUntil('it is run', () => consumer.handlers !== undefined);
    await table.close();
    await expect(opened).rejects.toThrow(TransientError);
    expect(consumer.stopped).toBe(true);
  });
});
