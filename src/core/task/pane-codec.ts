import { ByteReader, ByteWriter } from '../aggregates/bytes';
import { expectVersion } from '../aggregates/version';
import type { JsonValue } from '../json';
import type { CompiledAggregate, CompiledPipeline } from '../pipeline/compiled-pipeline';
import { endsInclusively } from '../windows/ends-inclusively';
import type { Window } from '../windows/window';

const VERSION = 1;
const writer = new ByteWriter();

/** The durable part of a pane. */
export interface PaneContent {
  readonly changedAt: bigint;
  readonly accumulators: readonly unknown[];
}

/** Version byte, `N` (8 bytes), then each accumulator in the order of the definition. */
export function encodePane(pipeline: CompiledPipeline, { changedAt, accumulators }: PaneContent): Uint8Array {
  writer.uint8(VERSION);
  writer.bigUint64(changedAt);
  pipeline.aggregates.forEach(({ aggregator }, i) => aggregator.encode(accumulators[i], writer));
  return writer.take();
}

/** Of an accumulator that does not say how large it is. */
const SMALL_BYTES = 24;
/** Stored, an accumulator takes about so much of what it takes in memory. */
const STORED_SHARE = 0.5;

/** About how many bytes {@link encodePane} makes. */
export function paneValueBytes(
  aggregates: readonly CompiledAggregate[],
  { accumulators }: Pick<PaneContent, 'accumulators'>,
): number {
  let bytes = 0;
  for (let i = 0; i < aggregates.length; i++) {
    const inMemory = aggregates[i]!.aggregator.sizeBytes?.(accumulators[i]);
    bytes += inMemory === undefined ? SMALL_BYTES : inMemory * STORED_SHARE;
  }
  return bytes;
}

/** Throws FatalError for a version that this build does not know. */
export function decodePaneContent(pipeline: CompiledPipeline, bytes: Uint8Array): PaneContent {
  const reader = new ByteReader(bytes);
  expectVersion(reader, 'a pane', VERSION);
  const changedAt = reader.bigUint64();
  return { changedAt, accumulators: pipeline.aggregates.map(({ aggregator }) => aggregator.decode(reader)) };
}

/** The values of a row, by aggregate name; without a window, those of one that never ends. */
export function resultsOf(
  pipeline: CompiledPipeline,
  accumulators: readonly unknown[],
  window?: Window,
): Record<string, JsonValue> {
  const lastMs = window && lastInstantOf(pipeline, window);
  const values: Record<string, JsonValue> = {};
  const { aggregates } = pipeline;
  for (let i = 0; i < aggregates.length; i++) {
    const { name, aggregator } = aggregates[i]!;
    values[name] = aggregator.result(accumulators[i], lastMs);
  }
  return values;
}

function lastInstantOf({ definition }: CompiledPipeline, { endMs }: Window): number {
  return endsInclusively(definition.spec.window) ? endMs : endMs - 1;
}

/** `generation + 2 * N + final`; `semantics.md` section 7. */
export function revisionOf(generation: bigint, changedAt: bigint, final: boolean): bigint {
  return generation + 2n * changedAt + (final ? 1n : 0n);
}
