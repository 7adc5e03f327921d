import type { RecordProducer } from '../core/ports/record-producer.port';
import type { RuntimeTracer } from '../runtime/runtime-tracer';

/** Tracing of this process, where it is on. */
export interface Tracing {
  readonly tracer: RuntimeTracer;
  /** Gives each record that it sends the context of the work that sends it, as the header `traceparent`, unless it has one. */
  tracedProducer(producer: RecordProducer): RecordProducer;
  /** What a line of the log gets: `trace_id` and `span_id` of the work that writes it; nothing outside of any. */
  logFields(): object;
  /** Sends what there is, for at most some seconds. Never rejects. */
  close(): Promise<void>;
}
