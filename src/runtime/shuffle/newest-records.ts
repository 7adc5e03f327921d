import { TransientError } from '../../core/errors';
import type { BatchConsumer } from '../../core/ports/batch-consumer.port';
import type { PartitionExtent, SourceRecord } from '../../core/ports/record-source.port';
import type { TopicAdmin } from '../../core/ports/topic-admin.port';

export interface NewestRecordsOptions {
  readonly topics: TopicAdmin;
  /** A consumer of the whole topic for this process alone. */
  readonly followerOf: (topic: string) => BatchConsumer;
}

/** Of each partition, at most: enough to tell whether a topic is keyed as a pipeline groups. */
const COUNT = 200n;
const DEADLINE_MS = 30_000;

/**
 * Up to 200 newest records of each partition of a topic, as it is when asked; none, without reading, of an empty topic.
 * Throws TransientError when they cannot be read within 30 s.
 */
export async function newestRecords(
  topic: string,
  { topics, followerOf }: NewestRecordsOptions,
): Promise<readonly SourceRecord[]> {
  const extents = await topics.extents(topic);
  const left = new Map([...extents].filter(([, { earliest, end }]) => end > earliest));
  if (left.size === 0) return [];
  const reading = new NewestReading(followerOf(topic), left);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new TransientError(`the newest records of topic ${topic} could not be read in ${DEADLINE_MS} ms`);
    timer = setTimeout(() => reject(error), DEADLINE_MS);
  });
  try {
    return await Promise.race([reading.all(), late]);
  } finally {
    clearTimeout(timer);
    await reading.end();
  }
}

class NewestReading {
  private readonly records: SourceRecord[] = [];
  private finish!: () => void;
  private readonly finished = new Promise<void>((resolve) => (this.finish = resolve));

  constructor(
    private readonly consumer: BatchConsumer,
    private readonly left: Map<number, PartitionExtent>,
  ) {}

  async all(): Promise<readonly SourceRecord[]> {
    await this.consumer.run({
      assigned: (partitions) => partitions.forEach((partition) => this.begin(partition)),
      skipped: (partition, _from, to) => this.reached(partition, to),
      batch: ({ partition, records }, { resolve }) => {
        for (const record of records) this.take(partition, record);
        const last = records.at(-1);
        if (last) resolve(last.offset + 1n);
        return Promise.resolve();
      },
    });
    await this.finished;
    return this.records;
  }

  end(): Promise<void> {
    return this.consumer.stop();
  }

  private begin(partition: number): void {
    const from = this.firstOf(partition);
    if (from !== undefined) this.consumer.seek(partition, from);
  }

  private take(partition: number, record: SourceRecord): void {
    const from = this.firstOf(partition);
    if (from === undefined) return;
    if (record.offset >= from) this.records.push(record);
    this.reached(partition, record.offset + 1n);
  }

  private reached(partition: number, next: bigint): void {
    const extent = this.left.get(partition);
    if (!extent || next < extent.end) return;
    this.left.delete(partition);
    if (this.left.size === 0) this.finish();
  }

  /** `undefined` once the partition is read. */
  private firstOf(partition: number): bigint | undefined {
    const extent = this.left.get(partition);
    if (!extent) return undefined;
    const from = extent.end - COUNT;
    return from > extent.earliest ? from : extent.earliest;
  }
}
