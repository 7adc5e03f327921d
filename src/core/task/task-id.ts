/** (pipeline, partition): the unit of work, of state, of checkpoint and of ownership. */
export interface TaskId {
  readonly pipeline: string;
  readonly partition: number;
}

export function taskName(task: TaskId): string {
  return `${task.pipeline}:${task.partition}`;
}
