import type { DeadLetterSink } from '../../core/ports/dead-letter-sink.port';
import type { OutgoingRecord, RecordProducer } from '../../core/ports/record-producer.port';
import { type DeadLetter, deadLetterTopic } from '../../core/task/dead-letter';
import { ShorteningAppender } from './shortening-appender';

/** Headers count towards a record's size limit, and a message may quote the record. */
const MAX_MESSAGE_LENGTH = 1_000;

/**
 * Appends dead letters to `<topic>.dead` with the record's own key and value bytes and its headers, and headers that say why
 * (`millrace-reason`, `millrace-message`), for whom (`millrace-pipeline`) and from where (`millrace-source-topic`,
 * `-partition`, `-offset`, `-timestamp`); `millrace-parked-at` if the record waits, because it parked its key. Header texts are
 * UTF-8 whatever the record held.
 *
 * A record that the topic refuses for its size goes without its value: poison must not block, and the headers tell
 * where in the source the whole record is. `millrace-omitted-value-bytes` then says how long the value was.
 */
export class KafkaDeadLetterSink implements DeadLetterSink {
  private readonly appender: ShorteningAppender;

  constructor(producer: RecordProducer) {
    this.appender = new ShorteningAppender(producer);
  }

  async write(letters: readonly DeadLetter[], signal: AbortSignal): Promise<void> {
    const byTopic = Map.groupBy(letters, ({ topic }) => deadLetterTopic(topic));
    for (const [topic, ofTopic] of byTopic) await this.appender.append(topic, ofTopic.map(outgoingLetter), signal);
    signal.throwIfAborted();
  }
}

function outgoingLetter({ pipeline, topic, partition, record, reason, message, parkedAt }: DeadLetter): OutgoingRecord {
  return {
    key: record.key,
    value: record.value,
    ...(record.headers && { sourceHeaders: record.headers }),
    headers: {
      'millrace-reason': reason,
      'millrace-message': headerText(message),
      'millrace-pipeline': pipeline,
      'millrace-source-topic': topic,
      'millrace-source-partition': String(partition),
      'millrace-source-offset': record.offset.toString(),
      'millrace-source-timestamp': String(record.timestampMs),
      ...(parkedAt && { 'millrace-parked-at': `${parkedAt.partition}:${parkedAt.offset}` }),
    },
  };
}

/** One line of well-formed text: half a surrogate pair has no UTF-8, and control characters break terminals and logs. */
function headerText(message: string): string {
  const cut = message.slice(0, MAX_MESSAGE_LENGTH);
  return cut.replace(/\p{Cc}+/gu, ' ').toWellFormed();
}
