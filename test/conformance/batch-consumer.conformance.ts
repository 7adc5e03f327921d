import type { BatchConsumer, BatchControl, BatchHandlers } from '../../src/core/ports/batch-consumer.port';
import type { RecordBatch } from '../../src/core/ports/record-source.port';
import type { RecordProducer } from '../../src/core/ports/record-producer.port';
import type { TopicAdmin } from '../../src/core/ports/topic-admin.port';
import { waitUntil } from '../support/wait-until';

export interface BatchConsumerUnderTest {
  readonly producer: RecordProducer;
  readonly topics: TopicAdmin;
  topic(): string;
  consumer(group: string, topic: string): BatchConsumer;
}

/** Remembers what it was given, by partition. */
class Recorder implements BatchHandlers {
  readonly assignments: (readonly number[])[] = [];
  readonly offsets = new Map<number, bigint[]>();
  readonly values: string[] = [];
  onBatch: (batch: RecordBatch, control: BatchControl) => void = () => undefined;

  assigned(partitions: readonly number[]): void {
    this.assignments.push(partitions);
  }

  skipped(): void {
    // Nothing in these tests is filtered out.
  }

  async batch(batch: RecordBatch, control: BatchControl): Promise<void> {
    await control.heartbeat();
    for (const { offset, value } of batch.records) {
      this.offsets.set(batch.partition, [...(this.offsets.get(batch.partition) ?? []), offset]);
      this.values.push(Buffer.from(value!).toString());
    }
    const last = batch.records.at(-1);
    if (last) control.resolve(last.offset + 1n);
    this.onBatch(batch, control);
  }
}

/** What every consumer of batches must do; run on the twin and on the real server. */
export function describeBatchConsumer(name: string, create: () => Promise<BatchConsumerUnderTest>): void {
  describe(name, () => {
    let under: BatchConsumerUnderTest;
    let topic: string;
    let consumer: BatchConsumer;
    let recorder: Recorder;
    const produce = (...values: string[]) =>
      under.producer.send(
        topic,
        values.map((value, i) => ({ key: `k${i % 7}`, value, timestampMs: 1_357_000_000_000 })),
      );

    beforeAll(async () => void (under = await create()));
    beforeEach(async () => {
      topic = under.topic();
      await under.topics.ensure([{ topic, partitions: 3, purpose: 'source' }]);
      consumer = under.consumer(`${topic}-group`, topic);
      recorder = new Recorder();
    });
    afterEach(() => consumer.stop());

    it('is assigned every partition and delivers all records in order of offset', async () => {
      await produce(...Array.from({ length: 50 }, (_, i) => `v${i}`));
      await consumer.run(recorder);
      await waitUntil('50 records came', () => recorder.values.length === 50);
      await produce('later');
      await waitUntil('one more came', () => recorder.values.length === 51);
      expect([...recorder.assignments.at(-1)!].sort()).toEqual([0, 1, 2]);
      for (const offsets of recorder.offsets.values()) {
        expect(offsets).toEqual(offsets.map((_, i) => BigInt(i)));
      }
    });

    it('reads where a handler seeks to, and says which offset was asked for', async () => {
      await produce('a', 'b', 'c');
      let sought = false;
      const fetched: bigint[] = [];
      recorder.onBatch = (batch, control) => {
        if (batch.partition !== 0 && sought) return;
        fetched.push(batch.fetchedOffset);
        if (sought) return;
        sought = true;
        control.seek(0n);
        expect(control.isCurrent()).toBe(false);
      };
      await consumer.run(recorder);
      await waitUntil('records came again', () => recorder.values.length > 3);
      expect(fetched[0]).toBe(0n);
      expect(new Set(recorder.values)).toEqual(new Set(['a', 'b', 'c']));
    });

    it('reads again from where it is told to, although nothing new comes', async () => {
      const positions = await produce('a', 'b', 'c');
      await consumer.run(recorder);
      await waitUntil('3 records came', () => recorder.values.length === 3);
      const { partition } = positions[0]!;
      const again = positions.filter((position) => position.partition === partition).length;
      consumer.seek(partition, 0n);
      await waitUntil('the records of one partition came again', () => recorder.values.length === 3 + again);
    });

    it('does not deliver a paused partition until it is resumed', async () => {
      await produce(...Array.from({ length: 9 }, (_, i) => `first${i}`));
      const resumes = new Map<number, () => void>();
      recorder.onBatch = (batch, control) => {
        if (!resumes.has(batch.partition)) resumes.set(batch.partition, control.pause());
      };
      await consumer.run(recorder);
      await waitUntil('the first records came', () => recorder.values.length === 9);
      await produce(...Array.from({ length: 9 }, (_, i) => `second${i}`));
      expect(recorder.values.filter((value) => value.startsWith('second'))).toEqual([]);
      for (const resume of resumes.values()) resume();
      await waitUntil('the second records came', () => recorder.values.length === 18);
    });

    it('delivers nothing after quiesce, and mirrors offsets until it stops', async () => {
      await produce('a');
      await consumer.run(recorder);
      await waitUntil('the record came', () => recorder.values.length === 1);
      await consumer.quiesce();
      await produce('b');
      await consumer.mirror([{ partition: 1, nextOffset: 7n, metadata: 'millrace start=0' }]);
      const mirrored = await under.topics.mirrored(`${topic}-group`, topic);
      expect(mirrored).toContainEqual({ partition: 1, nextOffset: 7n, metadata: 'millrace start=0' });
      await consumer.stop();
      expect(recorder.values).toEqual(['a']);
    });
  });
}
