import type { LateRecord } from '../task/late-record';

/**
 * Takes late records whose pipeline says `late: { topic }`, each to the topic that it names. `write` resolves when all
 * are stored; it may store one twice, never lose one.
 */
export interface LateRecordSink {
  write(records: readonly LateRecord[], signal: AbortSignal): Promise<void>;
}
