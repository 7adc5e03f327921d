import { MAX_BATCH_BYTES, type TopicSpec } from '../../core/ports/topic-admin.port';

/**
 * Records carry historic timestamps and Kafka deletes by them: under the default of seven days a backfill of 2013
 * vanishes within minutes. It also refuses timestamps an hour ahead of its clock, which replays and tests may carry.
 */
export function topicSettings(purpose: TopicSpec['purpose']): Readonly<Record<string, string>> {
  return {
    ...(purpose === 'reference' ? { 'cleanup.policy': 'compact' } : { 'retention.ms': '-1' }),
    'max.message.bytes': String(MAX_BATCH_BYTES[purpose]),
    'message.timestamp.after.max.ms': '9223372036854775807',
  };
}
