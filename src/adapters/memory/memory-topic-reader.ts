import type { TopicPage, TopicReader } from '../../core/ports/topic-reader.port';
import type { MemoryLog } from './memory-log';

const MAX_RECORDS = 1_000;

/** Twin of the reader of Kafka's topics, over the log in memory. */
export class MemoryTopicReader implements TopicReader {
  constructor(private readonly log: MemoryLog) {}

  read(topic: string, partition: number, fromOffset: bigint): Promise<TopicPage> {
    const { records } = this.log.read(topic, partition, fromOffset, MAX_RECORDS);
    return Promise.resolve({ records, nextOffset: fromOffset + BigInt(records.length) });
  }
}
