import { PoisonRecordError } from '../errors';
import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { SourceRecord } from '../ports/record-source.port';
import { encodeKey } from '../row/key';
import { checkMessageKey } from '../task/message-key';

/**
 * Whether the message key of each record is the pipeline's key, so that equal keys share a partition. Records that the
 * filter leaves out and those that cannot be processed say nothing; what a lookup would add is taken as missing.
 */
export function areKeyedAlike(pipeline: CompiledPipeline, records: readonly SourceRecord[]): boolean {
  return records.every((record) => isKeyed(pipeline, record));
}

function isKeyed(pipeline: CompiledPipeline, record: SourceRecord): boolean {
  const keyText = keyTextOf(pipeline, record);
  if (keyText === undefined) return true;
  try {
    checkMessageKey(record.key, keyText, pipeline.keyNames);
    return true;
  } catch (error) {
    if (error instanceof PoisonRecordError) return false;
    throw error;
  }
}

/** `undefined` for a record that has none. */
function keyTextOf(pipeline: CompiledPipeline, record: SourceRecord): string | undefined {
  try {
    const fields = pipeline.decode(record);
    for (const { as } of pipeline.lookups) fields[as] = null;
    if (!pipeline.accepts(fields, record)) return undefined;
    return encodeKey(pipeline.keyValues(fields));
  } catch (error) {
    if (error instanceof PoisonRecordError) return undefined;
    throw error;
  }
}

/**
 * Why the records of a pipeline cannot be repartitioned; `undefined` if they can. After a crash a record may be shuffled
 * again: if its key depended on a table that changes, it could then count under two keys.
 */
export function changingKey({ definition, keyNames, lookups }: CompiledPipeline): string | undefined {
  const changing = lookups.filter(({ table }) => table.kind === 'redis' || table.pointInTime === undefined);
  if (changing.length === 0) return undefined;
  const computed = new Set([...changing.map(({ as }) => as), ...Object.keys(definition.spec.derive ?? {})]);
  return keyNames.find((name) => computed.has(name));
}
