/* eslint-disable @typescript-eslint/require-await -- a twin is done at once; async makes what it throws a rejection */
import { FatalError, RecordTooLargeError, TransientError } from '../../core/errors';
import { partitionOf } from '../../core/partitioning/murmur2';
import type { Clock } from '../../core/ports/clock.port';
import type { OutgoingRecord, RecordPosition, RecordProducer } from '../../core/ports/record-producer.port';
import type { PartitionExtent, RecordBatch, RecordHeaders, SourceRecord } from '../../core/ports/record-source.port';
import {
  MAX_BATCH_BYTES,
  type MirroredOffset,
  type TopicAdmin,
  type TopicSpec,
} from '../../core/ports/topic-admin.port';

export interface MemoryRecord extends SourceRecord {
  readonly headers: RecordHeaders;
}

export interface MemoryBatch extends RecordBatch {
  readonly records: readonly MemoryRecord[];
}

interface Topic {
  readonly spec: TopicSpec;
  readonly partitions: MemoryRecord[][];
  readonly listeners: Set<(partition: number) => void>;
  turn: number;
}

const NO_HEADERS: RecordHeaders = Object.freeze({});
const utf8 = new TextEncoder();

/** Kafka's twin in the process's memory: topics, placement, order and mirrored offsets. Keeps everything it is given. */
export class MemoryLog implements RecordProducer, TopicAdmin {
  private readonly topics = new Map<string, Topic>();
  private readonly mirrors = new Map<string, MirroredOffset>();

  constructor(private readonly clock: Clock) {}

  async ensure(specs: readonly TopicSpec[]): Promise<void> {
    for (const spec of specs) {
      if (this.topics.has(spec.topic)) continue;
      if (!/^[\w.-]{1,249}$/.test(spec.topic))
        throw new FatalError(`create topics: "${spec.topic}" is no topic's name`);
      const partitions = Array.from({ length: spec.partitions }, () => []);
      this.topics.set(spec.topic, { spec, partitions, listeners: new Set(), turn: 0 });
    }
  }

  async remove(topics: readonly string[]): Promise<void> {
    for (const topic of topics) this.topics.delete(topic);
  }

  async named(prefix: string): Promise<readonly string[]> {
    return [...this.topics.keys()].filter((topic) => topic.startsWith(prefix)).sort();
  }

  async partitionCount(topic: string): Promise<number | undefined> {
    return this.topics.get(topic)?.partitions.length;
  }

  async extents(topic: string): Promise<ReadonlyMap<number, PartitionExtent>> {
    const { partitions } = this.topic(topic);
    return new Map(partitions.map((records, i) => [i, { earliest: 0n, end: BigInt(records.length) }]));
  }

  async mirrored(group: string, topic: string): Promise<readonly MirroredOffset[]> {
    const count = this.topics.get(topic)?.partitions.length ?? 0;
    const offsets = Array.from({ length: count }, (_, partition) =>
      this.mirrors.get(mirrorKey(group, topic, partition)),
    );
    return offsets.filter((offset) => offset !== undefined);
  }

  async offsetsAt(topic: string, timestampMs: number): Promise<ReadonlyMap<number, bigint>> {
    const { partitions } = this.topic(topic);
    return new Map(
      partitions.map((records, i) => {
        const first = records.findIndex((record) => record.timestampMs >= timestampMs);
        return [i, BigInt(first < 0 ? records.length : first)];
      }),
    );
  }

  /** Consumers in this process keep no membership. */
  async memberCount(): Promise<number> {
    return 0;
  }

  /** Step 6 of the checkpoint protocol. */
  commitMirror(group: string, topic: string, partition: number, nextOffset: bigint, metadata = ''): void {
    this.mirrors.set(mirrorKey(group, topic, partition), { partition, nextOffset, metadata });
  }

  async send(topicName: string, records: readonly OutgoingRecord[]): Promise<readonly RecordPosition[]> {
    const topic = this.topic(topicName);
    const positions: RecordPosition[] = [];
    const touched = new Set<number>();
    try {
      for (const record of records) {
        positions.push(this.append(topic, record, { index: positions.length, positions }));
        touched.add(positions.at(-1)!.partition);
      }
    } finally {
      for (const partition of touched) for (const listener of topic.listeners) listener(partition);
    }
    return positions;
  }

  /** At most `maxRecords` records from `fromOffset` on; none when it is the end. */
  read(topicName: string, partition: number, fromOffset: bigint, maxRecords: number): MemoryBatch {
    const records = this.topic(topicName).partitions[partition];
    if (!records) throw new FatalError(`topic ${topicName} has no partition ${partition}`);
    const from = Number(fromOffset);
    return {
      topic: topicName,
      partition,
      fetchedOffset: fromOffset,
      endOffset: BigInt(records.length),
      records: records.slice(from, from + maxRecords),
    };
  }

  /** Calls `listener` after each append to the topic, with the partition. Returns what ends it. */
  onAppend(topicName: string, listener: (partition: number) => void): () => void {
    const { listeners } = this.topic(topicName);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  private append(topic: Topic, record: OutgoingRecord, sent: SentSoFar): RecordPosition {
    const key = copyOf(record.key);
    const value = copyOf(record.value);
    const bytes = (key?.length ?? 0) + (value?.length ?? 0);
    if (bytes > MAX_BATCH_BYTES[topic.spec.purpose]) {
      throw new RecordTooLargeError(topic.spec.topic, sent.index, bytes, sent.positions);
    }
    const count = topic.partitions.length;
    const partition = record.partition ?? (key ? partitionOf(key, count) : topic.turn++ % count);
    const records = topic.partitions[partition]!;
    const offset = BigInt(records.length);
    const timestampMs = record.timestampMs ?? this.clock.now();
    records.push({ offset, timestampMs, key, value, headers: headersOf(record) });
    return { partition, offset };
  }

  private topic(name: string): Topic {
    const topic = this.topics.get(name);
    if (!topic) throw new TransientError(`topic ${name} does not exist`);
    return topic;
  }
}

interface SentSoFar {
  readonly index: number;
  readonly positions: readonly RecordPosition[];
}

function headersOf({ headers, sourceHeaders }: OutgoingRecord): RecordHeaders {
  return sourceHeaders ? { ...sourceHeaders, ...headers } : (headers ?? NO_HEADERS);
}

function mirrorKey(group: string, topic: string, partition: number): string {
  return JSON.stringify([group, topic, partition]);
}

/** Callers may reuse their buffers, and a slice of a large one would keep all of it in memory. */
function copyOf(bytes: Uint8Array | string | null): Uint8Array | null {
  if (bytes === null) return null;
  return typeof bytes === 'string' ? utf8.encode(bytes) : Uint8Array.from(bytes);
}
