/** (pipeline, partition): the unit of work, of state, of checkpoint and of ownership. */
export interface TaskId {
  readonly pipeline: string;
  readonly partition: number;
}

/** What the tasks of a rebuild are called in the store, and its consumer groups. No pipeline has such a name. */
export function shadowName(pipeline: string, generation: bigint): string {
  return `${pipeline}@rebuild-${generation}`;
}

/** A task's twin in a rebuild. */
export function shadowOf({ pipeline, partition }: TaskId, generation: bigint): TaskId {
  return { pipeline: shadowName(pipeline, generation), partition };
}

export function taskName(task: TaskId): string {
  return `${task.pipeline}:${task.partition}`;
}
