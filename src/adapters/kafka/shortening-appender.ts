import { FatalError, RecordTooLargeError } from '../../core/errors';
import type { OutgoingRecord, RecordProducer } from '../../core/ports/record-producer.port';
import { recordChunks } from './record-chunks';

/**
 * Appends copies of records that must not block the task that sends them. One that the topic refuses for its size goes
 * without its value, or if that does not help, without its key and then its own headers: the headers that the sender
 * gives it tell where the whole record is. `millrace-omitted-value-bytes` and `-key-bytes` say how long they were.
 */
export class ShorteningAppender {
  constructor(private readonly producer: RecordProducer) {}

  /** Resolves when every record is acknowledged. Throws TransientError, and what `signal` aborts with. */
  async append(topic: string, records: readonly OutgoingRecord[], signal: AbortSignal): Promise<void> {
    for (const chunk of recordChunks(records)) {
      signal.throwIfAborted();
      await this.appendChunk(topic, chunk);
    }
    signal.throwIfAborted();
  }

  private async appendChunk(topic: string, chunk: readonly OutgoingRecord[]): Promise<void> {
    let left = chunk;
    while (left.length > 0) {
      try {
        await this.producer.send(topic, left);
        return;
      } catch (thrown) {
        if (!(thrown instanceof RecordTooLargeError)) throw thrown;
        const { index, positions } = thrown;
        left = left.flatMap((record, i) => {
          if (positions[i] !== undefined) return [];
          return [i === index ? shorter(topic, record, thrown) : record];
        });
      }
    }
  }
}

function shorter(topic: string, record: OutgoingRecord, refused: RecordTooLargeError): OutgoingRecord {
  const { key, value, sourceHeaders, ...rest } = record;
  const own = sourceHeaders && { sourceHeaders };
  if (value !== null) return { ...omitting('value', value.length, rest), ...own, key, value: null };
  if (key !== null) return { ...omitting('key', key.length, rest), ...own, key: null, value };
  if (own) return { ...rest, key, value };
  throw new FatalError(`topic ${topic}: ${refused.message}, though the record has neither key nor value`);
}

function omitting(
  part: 'key' | 'value',
  bytes: number,
  rest: Omit<OutgoingRecord, 'key' | 'value'>,
): Omit<OutgoingRecord, 'key' | 'value'> {
  return { ...rest, headers: { ...rest.headers, [`millrace-omitted-${part}-bytes`]: String(bytes) } };
}
