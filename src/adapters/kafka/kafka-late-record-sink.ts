import type { LateRecordSink } from '../../core/ports/late-record-sink.port';
import type { OutgoingRecord, RecordProducer } from '../../core/ports/record-producer.port';
import type { LateRecord } from '../../core/task/late-record';
import { ShorteningAppender } from './shortening-appender';

/**
 * Forwards late records to the topics that their pipelines name, with the record's own key, value, timestamp and headers,
 * and headers that say why: `millrace-reason: late`, `millrace-pipeline`, `millrace-late-by-ms` (a grace longer than this
 * would have kept it), `millrace-event-time` and `millrace-watermark` (epoch ms), `millrace-source-topic`, `-partition`
 * and `-offset`. A record of which a part does not fit is shortened as dead letters are.
 */
export class KafkaLateRecordSink implements LateRecordSink {
  private readonly appender: ShorteningAppender;

  constructor(producer: RecordProducer) {
    this.appender = new ShorteningAppender(producer);
  }

  async write(records: readonly LateRecord[], signal: AbortSignal): Promise<void> {
    const byTopic = Map.groupBy(records, ({ to }) => to);
    for (const [topic, ofTopic] of byTopic) await this.appender.append(topic, ofTopic.map(outgoingRecord), signal);
    signal.throwIfAborted();
  }
}

function outgoingRecord(late: LateRecord): OutgoingRecord {
  const { key, value, timestampMs, offset, headers } = late.record;
  return {
    ...{ key, value, timestampMs },
    ...(headers && { sourceHeaders: headers }),
    headers: {
      'millrace-reason': 'late',
      'millrace-pipeline': late.pipeline,
      'millrace-late-by-ms': String(late.latenessMs),
      'millrace-event-time': String(late.eventTimeMs),
      'millrace-watermark': String(late.watermarkMs),
      'millrace-source-topic': late.topic,
      'millrace-source-partition': String(late.partition),
      'millrace-source-offset': offset.toString(),
    },
  };
}
