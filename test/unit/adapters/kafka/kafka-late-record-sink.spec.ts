import { KafkaLateRecordSink } from '../../../../src/adapters/kafka/kafka-late-record-sink';
import { FatalError, TransientError } from '../../../../src/core/errors';
import type { LateRecord } from '../../../../src/core/task/late-record';
import { LimitedTopic } from '../../../support/limited-topic';

const never = new AbortController().signal;
const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(0xff);

function lateAt(offset: bigint, change: Partial<LateRecord['record']> = {}, to = 'readings.late'): LateRecord {
  const record = { offset, timestampMs: 1_357_000_000_000, key: bytes(2), value: bytes(4), ...change };
  const place = { pipeline: 'p', to, topic: 'readings', partition: 3 };
  return { ...place, record, eventTimeMs: 1_356_999_999_000, watermarkMs: 1_357_000_060_000, latenessMs: 51_000 };
}

describe('KafkaLateRecordSink', () => {
  it('forwards key, value, timestamp and headers of the record, and says why it was late and from where', async () => {
    const topic = new LimitedTopic();
    const late = lateAt(42n, { headers: { trace: bytes(3) } });
    await new KafkaLateRecordSink(topic).write([late], never);
    const { key, value, timestampMs } = late.record;
    const headers = {
      'millrace-reason': 'late',
      'millrace-pipeline': 'p',
      'millrace-late-by-ms': '51000',
      'millrace-event-time': '1356999999000',
      'millrace-watermark': '1357000060000',
      'millrace-source-topic': 'readings',
      'millrace-source-partition': '3',
      'millrace-source-offset': '42',
    };
    const record = { key, value, timestampMs, headers, sourceHeaders: { trace: bytes(3) } };
    expect(topic.appended).toEqual([{ topic: 'readings.late', record }]);
  });

  it('sends each record to the topic that its pipeline names, in their order', async () => {
    const topic = new LimitedTopic();
    await new KafkaLateRecordSink(topic).write([lateAt(1n), lateAt(2n, {}, 'other'), lateAt(3n)], never);
    const sent = topic.appended.map(({ topic: to, record }) => [to, record.headers?.['millrace-source-offset']]);
    expect(sent).toEqual([
      ['readings.late', '1'],
      ['readings.late', '3'],
      ['other', '2'],
    ]);
  });

  it('leaves out what the topic refuses for its size: the value, then the key, then the headers', async () => {
    const topic = new LimitedTopic(100);
    const records = [
      lateAt(1n, { value: bytes(500) }),
      lateAt(2n, { key: bytes(101), value: null }),
      lateAt(3n, { headers: { trace: bytes(300) } }),
    ];
    await new KafkaLateRecordSink(topic).write(records, never);
    expect(topic.appended.map(({ record }) => record)).toMatchObject([
      { key: bytes(2), value: null, headers: { 'millrace-omitted-value-bytes': '500' } },
      { key: null, value: null, headers: { 'millrace-omitted-key-bytes': '101' } },
      { key: null, value: null, headers: { 'millrace-omitted-value-bytes': '4', 'millrace-omitted-key-bytes': '2' } },
    ]);
    expect(topic.appended[2]?.record.sourceHeaders).toBeUndefined();
  });

  it('fails when a topic takes not even the headers that say why', async () => {
    const nothing = new LimitedTopic(-1);
    await expect(new KafkaLateRecordSink(nothing).write([lateAt(1n)], never)).rejects.toThrow(FatalError);
  });

  it('passes on that the log is away', async () => {
    const away = { send: () => Promise.reject(new TransientError('no broker')) };
    await expect(new KafkaLateRecordSink(away).write([lateAt(1n)], never)).rejects.toThrow(TransientError);
  });
});
