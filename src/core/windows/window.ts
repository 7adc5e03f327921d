/** A span of event time, `[startMs, endMs)` in epoch milliseconds. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
  /** IANA zone on whose clocks the window was cut; `UTC` unless the window is a calendar window. */
  readonly zone: string;
}

/** Assigns event times to windows. Implementations are pure: equal times give equal windows. */
export interface WindowAssigner {
  /** The windows that hold `eventTimeMs`, in order of their end; at least one. */
  assign(eventTimeMs: number): readonly Window[];
}
