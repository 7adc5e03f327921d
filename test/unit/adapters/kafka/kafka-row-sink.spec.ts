import { KafkaRowSink } from '../../../../src/adapters/kafka/kafka-row-sink';
import { MAX_CHUNK_RECORDS } from '../../../../src/adapters/kafka/record-chunks';
import { FatalError, RecordTooLargeError } from '../../../../src/core/errors';
import type { OutgoingRecord, RecordProducer } from '../../../../src/core/ports/record-producer.port';
import type { Row } from '../../../../src/core/row/row';
import { rowText } from '../../../../src/core/row/row-json';

const never = new AbortController().signal;

function rowOf(revision: bigint, keyText = 'हैदराबाद'): Row {
  const window = { startMs: 1_000, endMs: 2_000, zone: 'UTC' };
  const values = { readings: Number(revision) };
  return { pipeline: 'p', key: { post: keyText }, keyText, window, values, revision, final: revision % 2n === 1n };
}

class RecordingProducer implements RecordProducer {
  readonly sends: { readonly topic: string; readonly records: readonly OutgoingRecord[] }[] = [];
  beforeSend: () => void = () => undefined;

  send(topic: string, records: readonly OutgoingRecord[]) {
    this.beforeSend();
    this.sends.push({ topic, records });
    return Promise.resolve(records.map((_, i) => ({ partition: 0, offset: BigInt(i) })));
  }
}

describe('KafkaRowSink', () => {
  it('appends the row as text under its key, with its revision, at the end of its window', async () => {
    const producer = new RecordingProducer();
    const row = rowOf(7n);
    await new KafkaRowSink(producer, 'daily').write([row], never);
    const headers = { 'millrace-revision': '7' };
    const records = [{ key: 'हैदराबाद', value: rowText(row), timestampMs: 1_999, headers }];
    expect(producer.sends).toEqual([{ topic: 'daily', records }]);
  });

  it('puts rows of windows that hold their end at that end', async () => {
    const producer = new RecordingProducer();
    await new KafkaRowSink(producer, 'sessions', { endIsInclusive: true }).write([rowOf(7n)], never);
    expect(producer.sends[0]?.records[0]).toMatchObject({ timestampMs: 2_000 });
  });

  it('sends a deleted row as one that says so', async () => {
    const producer = new RecordingProducer();
    await new KafkaRowSink(producer, 'sessions').write([{ ...rowOf(3n), values: undefined, final: false }], never);
    const [record] = producer.sends[0]!.records;
    expect(JSON.parse(String(record!.value))).toEqual({
      pipeline: 'p',
      key: { post: 'हैदराबाद' },
      window: { start: '1970-01-01T00:00:01.000Z', end: '1970-01-01T00:00:02.000Z' },
      deleted: true,
      revision: '3',
      final: false,
    });
    expect(record).toMatchObject({ key: 'हैदराबाद', headers: { 'millrace-revision': '3' } });
  });

  it('leaves the timestamp of a row without window to the producer', async () => {
    const producer = new RecordingProducer();
    await new KafkaRowSink(producer, 'daily').write([{ ...rowOf(2n), window: undefined }], never);
    expect(producer.sends[0]?.records[0]).not.toHaveProperty('timestampMs');
  });

  it('sends many rows in chunks, in their order', async () => {
    const producer = new RecordingProducer();
    const rows = Array.from({ length: 2 * MAX_CHUNK_RECORDS + 1 }, (_, i) => rowOf(BigInt(i)));
    await new KafkaRowSink(producer, 'daily').write(rows, never);
    expect(producer.sends.map(({ records }) => records.length)).toEqual([MAX_CHUNK_RECORDS, MAX_CHUNK_RECORDS, 1]);
    expect(producer.sends.flatMap(({ records }) => records.map(({ value }) => value))).toEqual(rows.map(rowText));
  });

  it('stops between chunks when it is aborted', async () => {
    const producer = new RecordingProducer();
    const controller = new AbortController();
    producer.beforeSend = () => controller.abort(new Error('revoked'));
    const rows = Array.from({ length: 2 * MAX_CHUNK_RECORDS }, (_, i) => rowOf(BigInt(i)));
    await expect(new KafkaRowSink(producer, 'daily').write(rows, controller.signal)).rejects.toThrow('revoked');
    expect(producer.sends).toHaveLength(1);
  });

  it('is fatal for a row that the topic will never take', async () => {
    const producer = new RecordingProducer();
    producer.beforeSend = () => {
      throw new RecordTooLargeError('daily', 1, 3_000_000, [{ partition: 0, offset: 0n }]);
    };
    const written = new KafkaRowSink(producer, 'daily').write([rowOf(2n), rowOf(4n, 'big')], never);
    await expect(written).rejects.toThrow(FatalError);
    await expect(written).rejects.toThrow("topic daily refuses the row of key 'big' with 3000000 bytes");
  });
});
