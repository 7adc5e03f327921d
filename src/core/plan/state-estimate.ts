import { ByteWriter } from '../aggregates/bytes';
import type { Aggregator } from '../aggregates/aggregator';
import { parseAggregateCall, type RecordArgument } from '../pipeline/aggregate-call';
import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import { type Language, STANDARD_LANGUAGE } from '../pipeline/language';
import { encodePane } from '../task/pane-codec';
import { encodeSpans } from '../task/span';
import { keptPerKey, type KeptPerKey } from './kept-per-key';

/** What the state of a pipeline takes in the store, before its own overhead. */
export interface StateEstimate extends KeptPerKey {
  /** Bytes of one pane, slice or window without a record, and after {@link TYPICAL_RECORDS} records of different values. */
  readonly emptyBytes: number;
  readonly typicalBytes: number;
  /** `count * typicalBytes`; `undefined` when the number of entries depends on the records. */
  readonly bytesPerKey: number | undefined;
}

export const TYPICAL_RECORDS = 100;

/** The state of one key, in steady use. An estimate: accumulators such as `top_k` grow with the values that they see. */
export function estimateState(pipeline: CompiledPipeline, language: Language = STANDARD_LANGUAGE): StateEstimate {
  const kept = keptPerKey(pipeline);
  const { aggregate = {} } = pipeline.definition.spec;
  const samples = pipeline.aggregates.map(({ name, aggregator }) => {
    const call = parseAggregateCall(aggregate[name] ?? '', language);
    return { aggregator, kinds: 'args' in call ? call.args.map(({ kind }) => kind) : undefined };
  });
  const encoded = kept.entry === 'window' ? spanBytes : paneBytes;
  const bytesOf = (records: number): number =>
    kept.entry === 'none'
      ? 0
      : encoded(
          pipeline,
          samples.map((sample) => accumulatorAfter(sample, records)),
        );
  const typicalBytes = bytesOf(TYPICAL_RECORDS);
  return {
    ...kept,
    emptyBytes: bytesOf(0),
    typicalBytes,
    bytesPerKey: kept.count === undefined ? undefined : kept.count * typicalBytes,
  };
}

function paneBytes(pipeline: CompiledPipeline, accumulators: readonly unknown[]): number {
  return encodePane(pipeline, { changedAt: 0n, accumulators }).length;
}

/** What one window adds to the entry of its key. */
function spanBytes({ aggregates }: CompiledPipeline, accumulators: readonly unknown[]): number {
  const span = {
    ...{ startMs: 0, endMs: 0, index: 0, records: 0, latestMs: 0, accumulators: [...accumulators] },
    ...{ changedAt: 0n, boundsAt: 0n, unemitted: false, closed: false, shown: { startMs: 0, endMs: 0 } },
  };
  const bytesWith = (spans: (typeof span)[]): number => {
    const writer = new ByteWriter();
    encodeSpans(aggregates, { spans, superseded: [], completed: 0 }, writer);
    return writer.take().length;
  };
  return bytesWith([span]) - bytesWith([]);
}

interface Sample {
  readonly aggregator: Aggregator;
  /** Of its arguments; `undefined` when they are not known. */
  readonly kinds: readonly RecordArgument['kind'][] | undefined;
}

/** An accumulator after so many records of different values; an empty one if the aggregate does not take the samples. */
function accumulatorAfter({ aggregator, kinds }: Sample, records: number): unknown {
  const accumulator = aggregator.init();
  if (!kinds) return accumulator;
  try {
    for (let i = 0; i < records; i++) {
      const samples = kinds.map((kind) => (kind === 'any' ? `value ${i}` : i * 1.7));
      const value = kinds.length === 0 ? true : kinds.length === 1 ? samples[0] : samples;
      aggregator.add(accumulator, value as never, { timeMs: i * 1000, offset: BigInt(i) });
    }
    return accumulator;
  } catch {
    return aggregator.init();
  }
}
