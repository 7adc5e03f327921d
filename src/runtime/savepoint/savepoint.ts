import type { TaskPart } from '../../core/ports/savepoint-store.port';
import type { Deployment } from '../../core/ports/state-store.port';
import type { TaskId } from '../../core/task/task-id';

/** What a savepoint begins with: whose state it is and what it means. */
export interface SavepointHeader {
  readonly pipeline: string;
  /** ISO 8601. */
  readonly savedAt: string;
  /** That was in force. */
  readonly deployment: Omit<Deployment, 'rebuilding'>;
}

/** A piece of a savepoint: the header, then those of one task after the other. */
export type SavepointItem =
  | { readonly kind: 'header'; readonly header: SavepointHeader }
  | { readonly kind: 'part'; readonly id: TaskId; readonly part: TaskPart };
