/** What both sides of the sandbox know of the memory that they share: numbers first, then bytes of stored state. */
export const LANES = 64;
export const BUFFER_BYTES = 65_536;
export const SHARED_BYTES = BUFFER_BYTES - LANES * Float64Array.BYTES_PER_ELEMENT;

/** Places of the lanes. */
export const LANE = {
  /** How the call ended: {@link ANSWER}. */
  answer: 0,
  number: 1,
  /** Number of the function or aggregator. */
  of: 2,
  /** Place of the accumulator. */
  at: 3,
  /** 1 where the accumulator has to be made. */
  isNew: 4,
  /** Event time of a record or last instant of a window; not-a-number where there is none. */
  timeMs: 5,
  offsetHigh: 6,
  offsetLow: 7,
  /** How many arguments are in the lanes; for `add`, what the argument is: {@link VALUE}. */
  count: 8,
  /** The first argument. */
  values: 9,
} as const;

export const MOST_VALUES = LANES - LANE.values;

export const ANSWER = { number: 0, true: 1, false: 2, text: 3, error: 4 } as const;

export const VALUE = { number: 0, present: 1, text: 2 } as const;
