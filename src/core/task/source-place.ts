import type { SourceRecord } from '../ports/record-source.port';
import type { TaskId } from './task-id';

/** The partition of the source topic that a record is in, and the record with the offset that it has there. */
export function sourcePlace(
  record: SourceRecord,
  { partition }: TaskId,
): { readonly partition: number; readonly record: SourceRecord } {
  const { origin } = record;
  if (!origin) return { partition, record };
  const { timestampMs, key, value, headers = {} } = record;
  return { partition: origin.partition, record: { offset: origin.offset, timestampMs, key, value, headers } };
}
