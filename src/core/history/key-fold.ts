import { PoisonRecordError } from '../errors';
import type { JsonValue } from '../json';
import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { SourceRecord } from '../ports/record-source.port';
import type { Snapshot } from '../ports/snapshot-store.port';
import { encodeKey } from '../row/key';
import { addRecord, emptyAccumulators } from '../task/accumulate';
import { checkMessageKey } from '../task/message-key';
import { decodePaneContent, encodePane, resultsOf } from '../task/pane-codec';
import { roleOf } from '../task/replayed-record';

export interface KeyOfFold {
  readonly keyText: string;
  /** Whether a record must be keyed by it, as where the topic has several partitions. */
  readonly keyedByMessage: boolean;
}

/**
 * One key of a pipeline as the sum of its events: what the pipeline's aggregates make of the records of that key, in their
 * order. Pure: going on from a snapshot gives, bit for bit, what beginning at the first record does. Records that the pipeline
 * filters out or cannot process are no events.
 */
export class KeyFold {
  private readonly accumulators: readonly unknown[];
  private counted: number;
  private position: bigint;

  constructor(
    private readonly pipeline: CompiledPipeline,
    private readonly of: KeyOfFold,
    from: Snapshot | { readonly nextOffset: bigint },
  ) {
    this.position = from.nextOffset;
    this.counted = 'events' in from ? from.events : 0;
    this.accumulators =
      'state' in from ? decodePaneContent(pipeline, from.state).accumulators : emptyAccumulators(pipeline.aggregates);
  }

  /** Of the next record that has not been looked at. */
  get nextOffset(): bigint {
    return this.position;
  }

  get events(): number {
    return this.counted;
  }

  get values(): Readonly<Record<string, JsonValue>> {
    return resultsOf(this.pipeline, this.accumulators);
  }

  add(record: SourceRecord): void {
    if (record.offset < this.position) return;
    this.position = record.offset + 1n;
    if (roleOf(record, this.pipeline.name) !== 'data') return;
    try {
      this.addEvent(record);
    } catch (error) {
      if (!(error instanceof PoisonRecordError)) throw error;
    }
  }

  /** Nothing lies before this offset that was not looked at. */
  skipTo(offset: bigint): void {
    if (offset > this.position) this.position = offset;
  }

  snapshot(): Snapshot {
    const state = encodePane(this.pipeline, { changedAt: this.position, accumulators: this.accumulators });
    return { nextOffset: this.position, events: this.counted, state };
  }

  private addEvent(record: SourceRecord): void {
    const { pipeline } = this;
    const fields = pipeline.decode(record);
    const timeMs = pipeline.eventTimeMs(fields, record);
    const { keyText, keyedByMessage } = this.of;
    if (!pipeline.accepts(fields, record) || encodeKey(pipeline.keyValues(fields)) !== keyText) return;
    if (keyedByMessage) checkMessageKey(record.key, keyText, pipeline.keyNames);
    const args = pipeline.aggregates.map(({ argument }) => argument(fields));
    const at = { timeMs, offset: record.offset };
    addRecord(pipeline.aggregates, this.accumulators, {
      ...{ keyText, args, at, zone: '', next: record.offset + 1n, fields },
    });
    this.counted++;
  }
}
