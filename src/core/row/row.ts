import type { JsonPrimitive, JsonValue } from '../json';
import type { Window } from '../windows/window';

/** Why a window was closed; `semantics.md` section 5. */
export type CloseReason = 'watermark' | 'idle' | 'end-of-input' | 'count';

/** The fields of a pipeline's `key`, by name, in the order of the definition. */
export type KeyFields = Readonly<Record<string, JsonPrimitive>>;

/**
 * One version of the result for one (key, window); see `rowIdentity`.
 *
 * Two rows of the same pipeline, key and window with equal `revision` are equal in every field; of two with
 * different revisions the greater one is the newer. Whoever stores rows keeps the one with the greatest revision.
 */
export interface Row {
  readonly pipeline: string;
  readonly key: KeyFields;
  /** Canonical text of `key` (see `encodeKey`): the identity of the key, and the message key of output topics. */
  readonly keyText: string;
  /** Absent for `global` windows and for stateless pipelines. */
  readonly window: Window | undefined;
  /** The task's; on rows of stateless pipelines only, which have no other identity. Absent on rows that a table gave back. */
  readonly partition?: number;
  /** Aggregates by name; `undefined` marks a deleted row (a merged session). */
  readonly values: Readonly<Record<string, JsonValue>> | undefined;
  /** Epoch ms of the record; on rows of stateless pipelines only. Absent on rows that a table gave back. */
  readonly eventTimeMs?: number;
  /**
   * On a deleted row that says only which place a row has left, for tables with `moving` columns: the aggregates that
   * made the place. The row itself lives on elsewhere.
   */
  readonly left?: Readonly<Record<string, JsonValue>>;
  /** `generation + 2 * N + final`, `semantics.md` section 7. */
  readonly revision: bigint;
  readonly final: boolean;
  /** Present on final rows only. Not part of the stored row: an idle close and a watermark close are the same row. */
  readonly closeReason?: CloseReason;
}
