/** Stable names of log events; operators search for them, alerts may count them. */
export type RuntimeEvent =
  | 'pipeline.starting'
  | 'pipeline.running'
  | 'pipeline.repartitioned'
  | 'pipeline.failed'
  | 'pipeline.paused'
  | 'pipeline.resumed'
  | 'task.claimed'
  | 'task.released'
  | 'task.fenced'
  | 'task.failed'
  | 'task.paused'
  | 'task.resumed'
  | 'task.state-lost'
  | 'checkpoint.mirror-failed'
  | 'group.member-expelled'
  | 'group.joins-again'
  | 'group.watch-failed';

/** Where the runtime's events go. */
export type RuntimeLog = (
  level: 'info' | 'warn' | 'error',
  event: RuntimeEvent,
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;
