/**
 * A span of event time in epoch milliseconds. `startMs` is inclusive; `endMs` is exclusive, except for sliding, session
 * and count windows, where both bounds are times of records.
 */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
  /** IANA zone on whose clocks the window was cut; `UTC` unless the window is a calendar window. */
  readonly zone: string;
  /** Ordinal of a count window of its key, from 0; absent for the other kinds. */
  readonly index?: number;
}

/** Assigns event times to windows. Implementations are pure: equal times give equal windows. */
export interface WindowAssigner {
  /**
   * The windows that hold `eventTimeMs`, in order of their end; at least one. `zone` is the one that the record names;
   * assigners with a zone of their own do not look at it.
   */
  assign(eventTimeMs: number, zone?: string): readonly Window[];
}
