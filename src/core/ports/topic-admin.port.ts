import type { PartitionExtent } from './record-source.port';

export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  /** `source`: kept for ever, because records may carry historic timestamps; `dead`: kept for ever, larger records; for late ones too; `reference`: compacted; `repartition`: deleted some days after they were appended, whatever their timestamps. */
  readonly purpose: 'source' | 'output' | 'dead' | 'reference' | 'repartition';
}

/** The largest batch of records that a topic takes; dead letters and late records carry the whole of a refused record, and more. */
export const MAX_BATCH_BYTES: Readonly<Record<TopicSpec['purpose'], number>> = {
  source: 8 * 2 ** 20,
  output: 8 * 2 ** 20,
  reference: 8 * 2 ** 20,
  dead: 16 * 2 ** 20,
  repartition: 16 * 2 ** 20,
};

/** What Kafka's mirror of a task's offset says (step 6). */
export interface MirroredOffset {
  readonly partition: number;
  readonly nextOffset: bigint;
  /** Free text stored with the offset. */
  readonly metadata: string;
}

/** Throws TransientError when the log cannot be reached. */
export interface TopicAdmin {
  /** Creates the topics that are missing, with a retention that fits; leaves existing ones alone. */
  ensure(topics: readonly TopicSpec[]): Promise<void>;
  /** Deletes those of the topics that exist. */
  remove(topics: readonly string[]): Promise<void>;
  /** Names of all topics that begin with `prefix`. */
  named(prefix: string): Promise<readonly string[]>;
  /** `undefined` when the topic does not exist. */
  partitionCount(topic: string): Promise<number | undefined>;
  /** By partition number. */
  extents(topic: string): Promise<ReadonlyMap<number, PartitionExtent>>;
  mirrored(group: string, topic: string): Promise<readonly MirroredOffset[]>;
  /** By partition, the offset of the first record whose timestamp is at or after `timestampMs`; the end if none is. */
  offsetsAt(topic: string, timestampMs: number): Promise<ReadonlyMap<number, bigint>>;
  /** How many members a consumer group has; 0 when nobody runs it. */
  memberCount(group: string): Promise<number>;
}
