import { RecordTooLargeError } from '../../src/core/errors';
import type { OutgoingRecord, RecordPosition, RecordProducer } from '../../src/core/ports/record-producer.port';

/** Refuses what is larger than its limit, as a topic does: what came before it in the call is appended. */
export class LimitedTopic implements RecordProducer {
  readonly appended: { readonly topic: string; readonly record: OutgoingRecord }[] = [];

  constructor(private readonly limit = Infinity) {}

  send(topic: string, records: readonly OutgoingRecord[]) {
    const positions: RecordPosition[] = [];
    for (const [index, record] of records.entries()) {
      const size = sizeOf(record);
      if (size > this.limit) return Promise.reject(new RecordTooLargeError(topic, index, size, positions));
      this.appended.push({ topic, record });
      positions.push({ partition: 0, offset: BigInt(this.appended.length) });
    }
    return Promise.resolve(positions);
  }
}

/** Of what the sender of a copy can leave out. */
function sizeOf({ key, value, sourceHeaders = {} }: OutgoingRecord): number {
  const headers = Object.values(sourceHeaders).flat();
  return [key, value, ...headers].reduce((sum, content) => sum + (content?.length ?? 0), 0);
}
