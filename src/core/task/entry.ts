/** A named group of entries in the state store, as `SegmentSummary` names it. */
export interface Segment {
  readonly id: string;
  /** How many of its entries are dirty. */
  dirtyEntries: number;
  /** Whether the store holds, or is being written, any entry. */
  stored: boolean;
}

/** One unit of stored state that is resident, with what its next checkpoint needs to know. */
export interface Entry {
  readonly keyText: string;
  readonly segment: Segment;
  /** Changed since the last freeze. */
  dirty: boolean;
  /** Whether the store holds, or is being written, a version of this entry. */
  stored: boolean;
  /** Whether the store remembers that rows of this entry are still to be emitted. */
  pendingStored: boolean;
  /** The delta in which it was last used; tells the cache what is cold. */
  usedIn: number;
}
