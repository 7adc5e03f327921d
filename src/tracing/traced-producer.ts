import type { RecordProducer } from '../core/ports/record-producer.port';

export const TRACEPARENT = 'traceparent';

/**
 * A producer whose records carry the trace context of their sender. A copy of a record that carries one, as in dead
 * letters and repartition topics, keeps it: who reads it is linked to where it came from.
 */
export function tracedProducer(producer: RecordProducer, current: () => string | undefined): RecordProducer {
  return {
    send: (topic, records) => {
      const traceparent = current();
      if (traceparent === undefined) return producer.send(topic, records);
      const traced = records.map((record) =>
        record.sourceHeaders?.[TRACEPARENT] === undefined && record.headers?.[TRACEPARENT] === undefined
          ? { ...record, headers: { ...record.headers, [TRACEPARENT]: traceparent } }
          : record,
      );
      return producer.send(topic, traced);
    },
  };
}
