import type { Row } from '../row/row';
import type { TaskId } from '../task/task-id';

/**
 * Where rows go in step 4 of the checkpoint protocol.
 *
 * `write` resolves when every row is acknowledged by the outside system. It may be called again with rows that it has
 * seen, older ones too: a row with a smaller revision must never replace one with a greater revision.
 * Throws TransientError when it is worth trying again, FatalError when it never will be (a missing table).
 */
export interface RowSink {
  /** Stable and bounded: labels metrics, e.g. `cassandra:aqdata.pm25`. */
  readonly name: string;
  /** Whether it is also given the places that rows have left (`Row.left`); other sinks never see those. */
  readonly takesMoves?: boolean;
  write(rows: readonly Row[], signal: AbortSignal): Promise<void>;
}

/**
 * A sink that shows each version of a row once. Each claimed task has a part of its own, which fences the one before, and
 * takes rows once all other sinks have them: it shows no row that a table never had.
 */
export interface ExactRowSink {
  readonly name: string;
  /** Part of step 1. Throws TransientError while the outside system is away, FatalError when it never will take rows. */
  openFor(claim: SinkClaim): Promise<TaskRowSink>;
  /** The same for a rebuild, where it differs: until it takes over, nobody may see what the sink gathers. */
  forRebuild?(): ExactRowSink;
}

export interface SinkClaim {
  readonly task: TaskId;
  readonly generation: bigint;
  readonly sourceTopic: string;
  /** What this sink had committed with the checkpoint that the task goes on from, by name. */
  readonly state: ReadonlyMap<string, Uint8Array>;
}

export interface TaskRowSink {
  readonly name: string;
  /**
   * Step 4 for the rows of one delta. Returns what has to be committed with it in step 5.
   * Throws FencedError when another owner writes for the task, or when what was shown is not known: the task is then claimed
   * again, which finds out. Throws FatalError when the rows can never be taken.
   */
  write(rows: readonly Row[], delta: RowsDelta, signal: AbortSignal): Promise<SinkState>;
  /** Never rejects. What is being written may yet be shown. */
  close(): Promise<void>;
}

/** What the rows are part of, see `FrozenDelta`. */
export interface RowsDelta {
  readonly nextOffset: bigint;
  readonly leavesHalfClosed: boolean;
}

/** Changes of what a sink keeps in the checkpoint. */
export interface SinkState {
  readonly upserts: readonly { readonly name: string; readonly value: Uint8Array }[];
  /** Names. */
  readonly removals: readonly string[];
}

export type Sink = RowSink | ExactRowSink;

export function isExact(sink: Sink): sink is ExactRowSink {
  return 'openFor' in sink;
}
