import { FatalError, RecordTooLargeError } from '../../core/errors';
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
 *
 * A record that the topic refuses for its size goes without its value: poison must not block, and the headers tell
 * where in the source the whole record is. `millrace-omitted-value-bytes` then says how long the value was.
 */
export class KafkaDeadLetterSink implements DeadLetterSink {
  constructor(private readonly producer: RecordProducer) {}

  async write(letters: readonly DeadLetter[], signal: AbortSignal): Promise<void> {
    const byTopic = Map.groupBy(letters, ({ topic }) => deadLetterTopic(topic));
    for (const [topic, ofTopic] of byTopic) {
      for (const chunk of recordChunks(ofTopic.map(outgoingLetter))) {
        signal.throwIfAborted();
        await this.append(topic, chunk);
      }
    }
    signal.throwIfAborted();
  }

  private async append(topic: string, letters: readonly OutgoingRecord[]): Promise<void> {
    let left = letters;
    while (left.length > 0) {
      try {
        await this.producer.send(topic, left);
        return;
      } catch (thrown) {
        if (!(thrown instanceof RecordTooLargeError)) throw thrown;
        const { index, positions } = thrown;
        left = left.flatMap((letter, i) => {
          if (positions[i] !== undefined) return [];
          return [i === index ? smaller(letter, thrown) : letter];
        });
      }
    }
  }
}

/** Without its value, or if that did not help, without its key: the headers still say where the whole record is. */
function smaller(letter: OutgoingRecord, refused: RecordTooLargeError): OutgoingRecord {
  const { key, value } = letter;
  const [part, bytes] = value === null ? ['key', key] : ['value', value];
  if (bytes === null) throw new FatalError(`dead letters: ${refused.message}, though it has neither key nor value`);
  const headers = { ...letter.headers, [`millrace-omitted-${part}-bytes`]: String(bytes.length) };
  return { ...letter, headers, value: null, key: part === 'key' ? null : key };
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
