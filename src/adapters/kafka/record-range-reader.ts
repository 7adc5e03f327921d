import { TransientError } from '../../core/errors';
import type { BatchConsumer, BatchControl } from '../../core/ports/batch-consumer.port';
import type { PartitionExtent, RecordBatch, SourceRecord } from '../../core/ports/record-source.port';
import type { TopicAdmin } from '../../core/ports/topic-admin.port';
import type { RecordRange, RecordRangeReader } from '../../core/ports/transaction-log.port';

/** Longer than a transaction of another writer may stay open and hold committed readers up. */
const DEADLINE_MS = 60_000;

export interface ConsumerRangeReaderOptions {
  readonly topic: string;
  readonly topics: TopicAdmin;
  /** Of the topic, of what is committed, in a group that nobody else is in. */
  readonly consumer: BatchConsumer;
}

interface Wanted {
  position: bigint;
  readonly last: bigint;
  readonly records: SourceRecord[];
}

/** Reads ranges of offsets with a consumer: partitions of which nothing is wanted are paused. */
export class ConsumerRangeReader implements RecordRangeReader {
  private readonly wanted = new Map<number, Wanted>();
  private readonly resumes = new Map<number, () => void>();
  private running: Promise<void> | undefined;
  private complete: () => void = () => undefined;

  constructor(private readonly options: ConsumerRangeReaderOptions) {}

  async read(ranges: readonly RecordRange[]): Promise<readonly SourceRecord[]> {
    const extents = await this.options.topics.extents(this.options.topic);
    this.wanted.clear();
    for (const range of ranges) this.want(range, extents.get(range.partition));
    const all = [...this.wanted.values()];
    if (all.length > 0) await this.fetch();
    return all.flatMap(({ records }) => records);
  }

  close(): Promise<void> {
    return this.running ? this.options.consumer.stop() : Promise.resolve();
  }

  /** What retention deleted is left out, and what lies beyond the end: the topic was made anew. */
  private want({ partition, first, last }: RecordRange, extent: PartitionExtent | undefined): void {
    if (!extent || last >= extent.end || last < extent.earliest) return;
    const position = first < extent.earliest ? extent.earliest : first;
    this.wanted.set(partition, { position, last, records: [] });
  }

  private async fetch(): Promise<void> {
    const { consumer, topic } = this.options;
    let timer: NodeJS.Timeout | undefined;
    const done = new Promise<void>((resolve, reject) => {
      this.complete = resolve;
      const late = (): void => reject(new TransientError(`rows of topic ${topic} did not come in ${DEADLINE_MS} ms`));
      timer = setTimeout(late, DEADLINE_MS);
    });
    this.seek([...this.wanted.keys()]);
    this.running ??= consumer.run({
      assigned: (partitions) => this.assigned(partitions),
      skipped: (partition, from, to) => this.skipped(partition, from, to),
      batch: (batch, control) => Promise.resolve(this.take(batch, control)),
    });
    await done.finally(() => clearTimeout(timer));
  }

  private assigned(partitions: readonly number[]): void {
    this.resumes.clear();
    this.seek(partitions);
  }

  private seek(partitions: readonly number[]): void {
    for (const partition of partitions) {
      const wanted = this.wanted.get(partition);
      if (wanted) this.options.consumer.seek(partition, wanted.position);
      if (wanted) this.resume(partition);
    }
  }

  private take(batch: RecordBatch, control: BatchControl): void {
    const { partition } = batch;
    const wanted = this.wanted.get(partition);
    if (!wanted) return this.pause(partition, control);
    if (batch.fetchedOffset > wanted.position) return control.seek(wanted.position);
    for (const record of batch.records) {
      if (record.offset >= wanted.position && record.offset <= wanted.last) wanted.records.push(record);
    }
    const end = (batch.records.at(-1)?.offset ?? -1n) + 1n;
    if (end > wanted.position) wanted.position = end;
    control.resolve(wanted.position);
    if (wanted.position <= wanted.last) return;
    this.pause(partition, control);
    this.finish(partition);
  }

  private skipped(partition: number, from: bigint, to: bigint): void {
    const wanted = this.wanted.get(partition);
    if (!wanted || from > wanted.position || to <= wanted.position) return;
    wanted.position = to;
    if (to > wanted.last) this.finish(partition);
  }

  private finish(partition: number): void {
    this.wanted.delete(partition);
    if (this.wanted.size === 0) this.complete();
  }

  private pause(partition: number, control: BatchControl): void {
    this.resumes.set(partition, control.pause());
  }

  private resume(partition: number): void {
    this.resumes.get(partition)?.();
    this.resumes.delete(partition);
  }
}
