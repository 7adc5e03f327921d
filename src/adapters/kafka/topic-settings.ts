import { MAX_BATCH_BYTES, type TopicSpec } from '../../core/ports/topic-admin.port';

const HOUR_MS = 3_600_000;

/**
 * What a pipeline has not read from its repartition topic by then, it has to read from the source anew. A segment is
 * deleted as a whole, so a record is kept for `retention.ms` and at most `segment.ms` more.
 */
const REPARTITION = {
  'cleanup.policy': 'delete',
  'retention.ms': String(7 * 24 * HOUR_MS),
  'retention.bytes': '-1',
  'segment.ms': String(6 * HOUR_MS),
  'message.timestamp.type': 'LogAppendTime',
};

/**
 * Records carry historic timestamps and Kafka deletes by them: under the default of seven days a backfill of 2013
 * vanishes within minutes. It also refuses timestamps an hour ahead of its clock, which replays and tests may carry.
 */
export function topicSettings(purpose: TopicSpec['purpose']): Readonly<Record<string, string>> {
  return {
    ...retention(purpose),
    'max.message.bytes': String(MAX_BATCH_BYTES[purpose]),
    'message.timestamp.after.max.ms': '9223372036854775807',
  };
}

function retention(purpose: TopicSpec['purpose']): Readonly<Record<string, string>> {
  if (purpose === 'repartition') return REPARTITION;
  return purpose === 'reference' ? { 'cleanup.policy': 'compact' } : { 'retention.ms': '-1' };
}
