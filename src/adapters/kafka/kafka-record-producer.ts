import type { Kafka } from 'kafkajs';
import type { OutgoingRecord, RecordPosition, RecordProducer } from '../../core/ports/record-producer.port';
import { KafkaTopicLane } from './kafka-topic-lane';
import { CompressionTypes } from './kafkajs';

/**
 * One lane for each topic, each with a producer of its own: a topic that is slow or refuses does not hold up the others,
 * and its producer can be replaced (a new producer id) without touching theirs.
 */
export class KafkaRecordProducer implements RecordProducer {
  private readonly lanes = new Map<string, KafkaTopicLane>();

  constructor(private readonly kafka: Kafka) {}

  send(topic: string, records: readonly OutgoingRecord[]): Promise<readonly RecordPosition[]> {
    let lane = this.lanes.get(topic);
    if (!lane) {
      lane = new KafkaTopicLane(topic, this.kafka, CompressionTypes.None);
      this.lanes.set(topic, lane);
    }
    return lane.send(records);
  }

  /** Waits for what is being sent, then disconnects. */
  async close(): Promise<void> {
    await Promise.all([...this.lanes.values()].map((lane) => lane.close()));
    this.lanes.clear();
  }
}
