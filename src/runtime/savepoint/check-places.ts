import { ConfigError } from '../../core/errors';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import type { PartitionExtent } from '../../core/ports/record-source.port';
import type { TopicAdmin } from '../../core/ports/topic-admin.port';
import { repartitionTopic } from '../../core/repartition/names';
import type { SavedHead, SavepointHeader } from './savepoint';

/**
 * Whether every task can go on where the savepoint stands: its topic is there and still has the records from there on.
 * Throws ConfigError that names each that cannot, TransientError.
 */
export async function checkPlaces(
  { name, definition }: CompiledPipeline,
  { deployment }: SavepointHeader,
  tasks: readonly SavedHead[],
  topics: TopicAdmin,
): Promise<void> {
  const source = definition.spec.source.topic;
  const inner = repartitionTopic(name, deployment.generation);
  const topicOf = ({ id }: SavedHead): string => (deployment.repartitioned && id.pipeline === name ? inner : source);
  const extents = new Map<string, ReadonlyMap<number, PartitionExtent>>();
  for (const topic of new Set(tasks.map(topicOf))) {
    const isThere = (await topics.partitionCount(topic)) !== undefined;
    extents.set(topic, isThere ? await topics.extents(topic) : new Map());
  }
  const problems = tasks.flatMap((saved) => {
    const topic = topicOf(saved);
    return problemOf(`${topic}/${saved.id.partition}`, saved, extents.get(topic)?.get(saved.id.partition));
  });
  if (problems.length === 0) return;
  throw new ConfigError(
    `The log no longer goes with the savepoint of ${name}: ${problems.join('; ')}. Compute the state anew instead: ` +
      `millrace reset ${name} --to earliest.`,
  );
}

function problemOf(place: string, { task }: SavedHead, extent: PartitionExtent | undefined): readonly string[] {
  const { nextOffset } = task.progress;
  if (!extent) return [`${place} is not there`];
  if (nextOffset >= extent.earliest && nextOffset <= extent.end) return [];
  return [`${place} has offsets ${extent.earliest} to ${extent.end}, the savepoint goes on at ${nextOffset}`];
}
