import { PoisonRecordError } from '../core/errors';
import type { CompiledPipeline, Fields } from '../core/pipeline/compiled-pipeline';
import type { OutgoingRecord } from '../core/ports/record-producer.port';
import type { SourceRecord } from '../core/ports/record-source.port';
import type { ValueWriter } from './value-writer';
import { encodeKey } from '../core/row/key';

/** A record as it goes into the source topic, and whether the pipeline will be able to read it. */
export interface IngestedRecord {
  readonly record: OutgoingRecord;
  /** `undefined` when it cannot be told; such a record ends in the dead letters. */
  readonly eventTimeMs: number | undefined;
  /** Why the pipeline will refuse it. */
  readonly fault?: PoisonRecordError;
}

/**
 * Gives a value the key and the timestamp that the pipeline would give it, so that equal keys share a partition. A value
 * that the pipeline cannot read goes in as it is, without a key: nothing is dropped before the dead letters have it.
 * `write` is what {@link valueWriter} gave.
 */
export function toSourceRecord(
  pipeline: CompiledPipeline,
  given: Uint8Array,
  nowMs: number,
  write: ValueWriter = unchanged,
): IngestedRecord {
  let value = given;
  let eventTimeMs: number | undefined;
  try {
    value = write(given);
    const source: SourceRecord = { offset: 0n, timestampMs: nowMs, key: null, value };
    const fields = pipeline.decode(source);
    eventTimeMs = pipeline.eventTimeMs(fields, source);
    const key = keyOf(pipeline, fields, source);
    return { record: { key, value, timestampMs: Math.min(eventTimeMs, nowMs) }, eventTimeMs };
  } catch (thrown) {
    if (!(thrown instanceof PoisonRecordError)) throw thrown;
    // Brokers refuse timestamps that lie more than an hour ahead of their clock, so a record is never put ahead of ours.
    const timestampMs = Math.min(eventTimeMs ?? nowMs, nowMs);
    return { record: { key: null, value, timestampMs }, eventTimeMs, fault: thrown };
  }
}

function unchanged(value: Uint8Array): Uint8Array {
  return value;
}

/** Derived key fields exist only once the filters have run; a record that they leave out is never grouped by its key. */
function keyOf(pipeline: CompiledPipeline, fields: Fields, source: SourceRecord): string | null {
  const derived = pipeline.definition.spec.derive ?? {};
  const isDerived = pipeline.keyNames.some((name) => Object.hasOwn(derived, name));
  if (isDerived && !pipeline.accepts(fields, source)) return null;
  return encodeKey(pipeline.keyValues(fields));
}
