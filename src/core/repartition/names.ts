import type { TaskId } from '../task/task-id';

/** What the names of consumer groups and tasks of shuffles end in; no pipeline's name may. */
export const SHUFFLE_SUFFIX = '.shuffle';

/** The consumer group, and the pipeline in the ids of the tasks, that fill the repartition topic of a pipeline. */
export function shuffleName(pipeline: string): string {
  return `${pipeline}${SHUFFLE_SUFFIX}`;
}

/** All tasks of a pipeline, those of its shuffle included. */
export function tasksOf(pipeline: string, partitions: number): readonly TaskId[] {
  const numbers = Array.from({ length: partitions }, (_, partition) => partition);
  return [pipeline, shuffleName(pipeline)].flatMap((name) =>
    numbers.map((partition) => ({ pipeline: name, partition })),
  );
}

/** The internal topic of one generation of a pipeline. */
export function repartitionTopic(pipeline: string, generation: bigint): string {
  return `${pipeline}.${generation}.repartition`;
}

/** As {@link repartitionTopic}, for people, of a generation that is not known yet. */
export function repartitionTopicPattern(pipeline: string): string {
  return `${pipeline}.<generation>.repartition`;
}

/** Topics among `topics` of generations of the pipeline before `generation`. */
export function outdatedTopics(topics: readonly string[], pipeline: string, generation: bigint): readonly string[] {
  return topics.filter((topic) => {
    const found = topic.startsWith(`${pipeline}.`) && /^(\d+)\.repartition$/.exec(topic.slice(pipeline.length + 1));
    return found && BigInt(found[1]!) < generation;
  });
}
