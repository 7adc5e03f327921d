import type { CheckpointDelta } from '../ports/state-store.port';
import type { Row } from '../row/row';
import type { DeadLetter } from './dead-letter';
import type { ForwardedRecord } from './forwarded-record';
import type { LateRecord } from './late-record';

/** What step 3 froze: everything that steps 4 and 5 write. Nothing in it changes any more. */
export interface FrozenDelta {
  /** Rows for the sinks, in the order in which they became due. */
  readonly rows: readonly Row[];
  /** Places that rows have left, see `Row.left`; each with the offset of the record that moved it. */
  readonly moves: readonly Row[];
  readonly deadLetters: readonly DeadLetter[];
  readonly lateRecords: readonly LateRecord[];
  /** For the repartition topic, in the order in which it must have them. */
  readonly forwarded: readonly ForwardedRecord[];
  /** State, offset, stream time, timers and live feed, for one atomic commit. */
  readonly commit: CheckpointDelta;
  /** Timestamp of the newest record whose effect is in it, epoch ms; `undefined` without one. */
  readonly newestRecordMs: number | undefined;
  /** Whether windows are left half closed: if the task dies then, its next owner emits the final rows of this delta again. */
  readonly leavesHalfClosed: boolean;
}

/** How much may gather before a delta has to be frozen. */
export interface DeltaLimits {
  readonly maxRows: number;
  readonly maxBytes: number;
}
