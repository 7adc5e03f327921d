import type { RecordOrigin } from '../repartition/record-origin';
import type { SourceRecord } from '../ports/record-source.port';

/** A record on its way to the repartition topic, or a time mark, which has none and goes to every partition. */
export interface ForwardedRecord {
  readonly record: SourceRecord | undefined;
  /** The pipeline's key; empty for a mark. */
  readonly keyText: string;
  readonly origin: RecordOrigin;
}
