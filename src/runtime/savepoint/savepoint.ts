import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import type { Clock } from '../../core/ports/clock.port';
import type { SavedTask, SavepointStore, TaskPart } from '../../core/ports/savepoint-store.port';
import type { Deployment, StateStore } from '../../core/ports/state-store.port';
import type { TopicAdmin } from '../../core/ports/topic-admin.port';
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

/** A task of a savepoint without its entries. */
export interface SavedHead {
  readonly id: TaskId;
  readonly task: SavedTask;
}

export interface LoadRequest {
  readonly pipeline: CompiledPipeline;
  /** The savepoint from its beginning; called twice. Throws ConfigError for one that is not whole. */
  readonly read: () => AsyncIterable<SavepointItem>;
  /** Of this load alone. */
  readonly load: string;
  /** Whether state that is there may go. */
  readonly replaces: boolean;
  /** Whether the rows may be of a new generation, see `generationToLoad`. */
  readonly inNewGeneration: boolean;
}

/** What a save or a load asks of the outside. */
export interface SavepointPorts {
  readonly stateStore: StateStore;
  readonly savepoints: SavepointStore;
  readonly topics: TopicAdmin;
  readonly clock: Clock;
}
