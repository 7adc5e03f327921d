import type { TopicAdmin } from '../../core/ports/topic-admin.port';
import type { TopicReader } from '../../core/ports/topic-reader.port';
import { deadLetterTopic } from '../../core/task/dead-letter';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import type { PartitionExtent, SourceRecord } from '../../core/ports/record-source.port';
import { storedLetter, type StoredLetter } from './stored-letter';

export interface LetterPorts {
  readonly topics: TopicAdmin;
  readonly topicReader: TopicReader;
}

/** The dead-letter topic of a pipeline. Everything throws TransientError when the log cannot be reached. */
export class LetterTopic {
  private readonly topic: string;

  constructor(
    pipeline: CompiledPipeline,
    private readonly ports: LetterPorts,
  ) {
    this.topic = deadLetterTopic(pipeline.definition.spec.source.topic);
  }

  /** By partition; none while no topic is there. */
  async extents(): Promise<ReadonlyMap<number, PartitionExtent>> {
    if ((await this.ports.topics.partitionCount(this.topic)) === undefined) return new Map();
    return this.ports.topics.extents(this.topic);
  }

  /** By partition, where letters begin that were written at this time or later. */
  async offsetsAt(timestampMs: number): Promise<ReadonlyMap<number, bigint>> {
    return this.ports.topics.offsetsAt(this.topic, timestampMs);
  }

  /** Letters with offsets in `[from, to)` in their order, fetch by fetch. What is no letter is left out. */
  async *read(partition: number, from: bigint, to: bigint): AsyncIterable<readonly StoredLetter[]> {
    for (let next = from; next < to;) {
      const { records, nextOffset } = await this.ports.topicReader.read(this.topic, partition, next);
      if (nextOffset <= next) return;
      yield records.flatMap((record) => lettersOf(partition, record, to));
      next = nextOffset;
    }
  }
}

function lettersOf(partition: number, record: SourceRecord, to: bigint): StoredLetter[] {
  const letter = record.offset < to ? storedLetter(partition, record) : undefined;
  return letter ? [letter] : [];
}
