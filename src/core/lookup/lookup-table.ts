import type { JsonValue } from '../json';

/** A reference table as a task reads it: without waiting, so that the task stays synchronous. */
export interface LookupTable {
  /** Whether it can answer for every key at any time: then {@link has} need not be asked. */
  readonly isWhole: boolean;

  /** Whether {@link find} can answer for the key. What is kept outside of the process has to be loaded first. */
  has(key: string): boolean;

  /**
   * The entry of a key as a record with that event time is to see it; `undefined` when there is none. Only for keys that
   * {@link has} knows. Throws FatalError when the table cannot be used any more.
   */
  find(key: string, eventTimeMs: number): JsonValue | undefined;
}

/** An entry that has to be loaded: of the table of the lookup with this index. */
export interface LookupRef {
  readonly index: number;
  readonly key: string;
}
