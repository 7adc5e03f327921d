import type { SourceRecord } from '../ports/record-source.port';

/** A record that came after all of its windows had closed, for the topic of `late: { topic }`. */
export interface LateRecord {
  readonly pipeline: string;
  /** Where it is forwarded to. */
  readonly to: string;
  readonly topic: string;
  readonly partition: number;
  readonly record: SourceRecord;
  readonly eventTimeMs: number;
  /** The watermark that it met, epoch ms. */
  readonly watermarkMs: number;
  /** `W - end` of its latest window, ms: a grace longer than this would have kept it. */
  readonly latenessMs: number;
}
