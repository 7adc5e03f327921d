import type { FeedDefinition } from '../../core/feeds/feed-definition';
import type { TopicAdmin } from '../../core/ports/topic-admin.port';
import { deadLetterTopic } from '../../core/task/dead-letter';

/** Makes the topics of a feed that are missing; resolves with the number of partitions. Throws TransientError. */
export async function ensureFeedTopics({ spec }: FeedDefinition, topics: TopicAdmin): Promise<number> {
  const { topic, partitions, compacted } = spec;
  await topics.ensure([
    { topic, partitions, purpose: compacted ? 'reference' : 'source' },
    { topic: deadLetterTopic(topic), partitions: 1, purpose: 'dead' },
  ]);
  return (await topics.partitionCount(topic)) ?? partitions;
}
