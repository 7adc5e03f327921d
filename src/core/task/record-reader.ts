import { PoisonRecordError } from '../errors';
import { Enricher } from '../lookup/enricher';
import type { LookupRef, LookupTable } from '../lookup/lookup-table';
import type { CompiledPipeline, Fields } from '../pipeline/compiled-pipeline';
import type { EntryRef } from '../ports/state-store.port';
import type { SourceRecord } from '../ports/record-source.port';
import { decodePartial, type PartialContent, type PartialHeader, type ReceivedPartial } from '../repartition/partial';
import { PartialArgument } from '../repartition/partial-aggregator';
import { encodeKey } from '../row/key';
import { checkMessageKey } from './message-key';
import type { Contribution, TaskWindows } from './task-windows';

export interface RecordReaderOptions {
  readonly pipeline: CompiledPipeline;
  readonly lookupTables?: readonly LookupTable[];
  readonly keyedByMessage: boolean;
}

type Mutable<T> = { -readonly [name in keyof T]: T[name] };

/** A partial aggregate in hand, and the greatest event time of its records. */
export interface PartialInHand {
  readonly partial: ReceivedPartial;
  readonly latestMs: number;
}

/** What the records of a task say, by the definition of the pipeline. All that reads a record throws PoisonRecordError. */
export class RecordReader {
  /** Where the record in hand stands, and what it adds; one object for all records. */
  private readonly at = { timeMs: -1, offset: -1n };
  private readonly inHand: Mutable<Contribution> & { args: unknown[] } = {
    ...{ keyText: '', args: [], at: this.at, zone: '', next: 0n, fields: {} },
  };
  private readonly pipeline: CompiledPipeline;
  private readonly enricher: Enricher;

  constructor(private readonly options: RecordReaderOptions) {
    this.pipeline = options.pipeline;
    this.enricher = new Enricher(this.pipeline.lookups, options.lookupTables ?? []);
  }

  /** Of the record that was prepared last. */
  get contribution(): Contribution {
    return this.inHand;
  }

  /** Whether {@link firstToLoad} may ever say something. */
  get mayHaveToLoad(): boolean {
    return this.enricher.mayHaveToLoad;
  }

  decode(record: SourceRecord): Fields {
    return this.pipeline.decode(record);
  }

  eventTimeMs(fields: Fields, record: SourceRecord): number {
    return this.pipeline.eventTimeMs(fields, record);
  }

  /** Lookups, `where` and `derive`. */
  accepts(fields: Fields, record: SourceRecord, eventTimeMs: number): boolean {
    return this.enricher.enrich(fields, record, eventTimeMs) && this.pipeline.accepts(fields, record);
  }

  /** Fills the contribution. */
  prepare(fields: Fields, record: SourceRecord, eventTimeMs: number, next: bigint): void {
    const { inHand, at, pipeline } = this;
    inHand.keyText = this.keyOf(fields, record);
    const { aggregates } = pipeline;
    for (let i = 0; i < aggregates.length; i++) inHand.args[i] = aggregates[i]!.argument(fields);
    inHand.zone = pipeline.zoneOf(fields);
    inHand.fields = fields;
    inHand.next = next;
    at.timeMs = eventTimeMs;
    at.offset = record.offset;
  }

  /** Fills the contribution with a partial aggregate, in place of the records that it holds. */
  preparePartial(record: SourceRecord, header: PartialHeader, next: bigint): PartialInHand {
    const { inHand, at } = this;
    const { timeMs, latestMs, zone, accumulators } = this.contentOf(record);
    const partial = { ...header, source: record.origin!.partition, countedBefore: 0 };
    inHand.keyText = header.keyText;
    accumulators.forEach((accumulator, i) => (inHand.args[i] = new PartialArgument(partial, accumulator)));
    inHand.zone = zone;
    inHand.fields = {};
    inHand.next = next;
    at.timeMs = timeMs;
    at.offset = record.offset;
    return { partial, latestMs };
  }

  /** The first entry of a lookup table that the record needs and that is not there. None for one that cannot be processed. */
  firstToLoad(record: SourceRecord): LookupRef | undefined {
    return this.peekAt(record, (fields, eventTimeMs) => this.enricher.firstToLoad(fields, record, eventTimeMs));
  }

  /** State that the record needs and that is not resident. None for one that cannot be processed. */
  absentFor(record: SourceRecord, windows: TaskWindows): readonly EntryRef[] {
    const { pipeline } = this;
    const { partial } = record.origin ?? {};
    if (partial && record.value && pipeline.partials) {
      const { timeMs, zone } = this.contentOf(record);
      return windows.absentFor(partial.keyText, timeMs, zone);
    }
    const absent = this.peekAt(record, (fields, eventTimeMs) => {
      if (!this.accepts(fields, record, eventTimeMs)) return [];
      return windows.absentFor(encodeKey(pipeline.keyValues(fields)), eventTimeMs, pipeline.zoneOf(fields));
    });
    return absent ?? [];
  }

  private keyOf(fields: Fields, record: SourceRecord): string {
    const keyText = encodeKey(this.pipeline.keyValues(fields));
    if (this.options.keyedByMessage) checkMessageKey(record.key, keyText, this.pipeline.keyNames);
    return keyText;
  }

  private contentOf({ value }: SourceRecord): PartialContent {
    const { partials } = this.pipeline;
    if (partials && value) return decodePartial(partials.aggregates, value);
    throw new PoisonRecordError('not-decodable', 'A partial aggregate came to a pipeline that has none.');
  }

  /** What a record needs, found before it is processed; nothing for one that cannot be processed. */
  private peekAt<T>(record: SourceRecord, need: (fields: Fields, eventTimeMs: number) => T): T | undefined {
    try {
      const fields = this.decode(record);
      return need(fields, this.eventTimeMs(fields, record));
    } catch (error) {
      if (error instanceof PoisonRecordError) return undefined;
      throw error;
    }
  }
}
