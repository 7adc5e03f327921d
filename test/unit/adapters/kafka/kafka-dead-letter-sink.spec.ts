import { KafkaDeadLetterSink } from '../../../../src/adapters/kafka/kafka-dead-letter-sink';
import { TransientError } from '../../../../src/core/errors';
import type { RecordProducer } from '../../../../src/core/ports/record-producer.port';
import type { DeadLetter } from '../../../../src/core/task/dead-letter';
import { LimitedTopic } from '../../../support/limited-topic';

const never = new AbortController().signal;
const bytes = (length: number, fill = 0xff): Uint8Array => new Uint8Array(length).fill(fill);

function letterAt(offset: bigint, change: Partial<DeadLetter['record']> = {}, topic = 'readings'): DeadLetter {
  const record = { offset, timestampMs: 1_357_000_000_000, key: bytes(2), value: bytes(4), ...change };
  return { pipeline: 'p', topic, partition: 3, record, reason: 'not-decodable', message: 'no JSON' };
}

describe('KafkaDeadLetterSink', () => {
  it('keeps the bytes of the record and says why, for whom and from where', async () => {
    const topic = new LimitedTopic();
    const letter = letterAt(42n);
    await new KafkaDeadLetterSink(topic).write([letter], never);
    const headers = {
      'millrace-reason': 'not-decodable',
      'millrace-message': 'no JSON',
      'millrace-pipeline': 'p',
      'millrace-source-topic': 'readings',
      'millrace-source-partition': '3',
      'millrace-source-offset': '42',
      'millrace-source-timestamp': '1357000000000',
    };
    const record = { key: letter.record.key, value: letter.record.value, headers };
    expect(topic.appended).toEqual([{ topic: 'readings.dead', record }]);
  });

  it('sends the letters of each topic to a topic of its own', async () => {
    const topic = new LimitedTopic();
    await new KafkaDeadLetterSink(topic).write([letterAt(1n), letterAt(2n, {}, 'other')], never);
    expect(topic.appended.map((appended) => appended.topic)).toEqual(['readings.dead', 'other.dead']);
  });

  it('makes one line of UTF-8 of any message', async () => {
    const topic = new LimitedTopic();
    const message = `"\ud800" in\r\n\tहैदराबाद ${'x'.repeat(5_000)}`;
    await new KafkaDeadLetterSink(topic).write([{ ...letterAt(1n), message }], never);
    const written = topic.appended[0]?.record.headers?.['millrace-message'] ?? '';
    expect(written.startsWith('"\ufffd" in हैदराबाद xxx')).toBe(true);
    expect(Buffer.from(written).toString()).toBe(written);
    expect(written.length).toBeLessThanOrEqual(1_000);
  });

  it('leaves out the value of a record that is too large, loses no other and doubles none', async () => {
    const topic = new LimitedTopic(100);
    const letters = [
      letterAt(1n),
      letterAt(2n, { value: bytes(500) }),
      letterAt(3n),
      letterAt(4n, { key: bytes(101) }),
    ];
    await new KafkaDeadLetterSink(topic).write(letters, never);
    const offsets = topic.appended.map(({ record }) => record.headers?.['millrace-source-offset']);
    expect(offsets).toEqual(['1', '2', '3', '4']);
    expect(topic.appended[1]?.record).toMatchObject({ key: bytes(2), value: null });
    expect(topic.appended[1]?.record.headers?.['millrace-omitted-value-bytes']).toBe('500');
    expect(topic.appended[3]?.record).toMatchObject({ key: null, value: null });
    expect(topic.appended[3]?.record.headers?.['millrace-omitted-key-bytes']).toBe('101');
  });

  it('passes on that the log is away', async () => {
    const away: RecordProducer = { send: () => Promise.reject(new TransientError('no broker')) };
    await expect(new KafkaDeadLetterSink(away).write([letterAt(1n)], never)).rejects.toThrow(TransientError);
  });
});
