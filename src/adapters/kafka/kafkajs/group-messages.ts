import type { GroupOptions } from './internals';

/** For `producer/groupMessagesPerPartition.js`, which copies a partition's list once for each message that it adds. */
export function groupMessagesPerPartition<M>(options: GroupOptions<M>): Record<number, M[]> {
  const { topic, partitionMetadata, messages, partitioner } = options;
  const groups: Record<number, M[]> = {};
  if (partitionMetadata.length === 0) return groups;
  for (const message of messages) {
    const partition = partitioner({ topic, partitionMetadata, message });
    (groups[partition] ??= []).push(message);
  }
  return groups;
}
