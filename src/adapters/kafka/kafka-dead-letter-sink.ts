import type { DeadLetterSink } from '../../core/ports/dead-letter-sink.port';
import type { OutgoingRecord, RecordProducer } from '../../core/ports/record-producer.port';
import type { DeadLetter } from '../../core/task/dead-letter';
import { recordChunks } from './record-chunks';

/** Headers count towards a record's size limit, and a message may quote the record. */
const MAX_MESSAGE_LENGTH = 1_000;

/** Where the dead letters of a source topic go. */
export function deadLetterTopic(topic: string): string {
  return `${topic}.dead`;
}

/**
 * Appends dead letters to `<topic>.dead` with the record's own key and value bytes, and headers that say why
 * (`millrace-reason`, `millrace-message`), for whom (`millrace-pipeline`) and from where (`millrace-source-topic`,
 * `-partition`, `-offset`, `-timestamp`). Header texts are UTF-8 whatever the record held.
 */
export class KafkaDeadLetterSink implements DeadLetterSink {
  constructor(private readonly producer: RecordProducer) {}

  async write(letters: readonly DeadLetter[], signal: AbortSignal): Promise<void> {
    const byTopic = Map.groupBy(letters, ({ topic }) => deadLetterTopic(topic));
    for (const [topic, ofTopic] of byTopic) {
      for (const chunk of recordChunks(ofTopic.map(outgoingLetter))) {
        signal.throwIfAborted();
        await this.producer.send(topic, chunk);
      }
    }
    signal.throwIfAborted();
  }
}

function outgoingLetter({ pipeline, topic, partition, record, reason, message }: DeadLetter): OutgoingRecord {
  return {
    key: record.key,
    value: record.value,
    headers: {
      'millrace-reason': reason,
      'millrace-message': headerText(message),
      'millrace-pipeline': pipeline,
      'millrace-source-topic': topic,
      'millrace-source-partition': String(partition),
      'millrace-source-offset': record.offset.toString(),
      'millrace-source-timestamp': String(record.timestampMs),
    },
  };
}

/** One line of well-formed text: half a surrogate pair has no UTF-8, and control characters break terminals and logs. */
function headerText(message: string): string {
  const cut = message.slice(0, MAX_MESSAGE_LENGTH);
  return cut.replace(/\p{Cc}+/gu, ' ').toWellFormed();
}
