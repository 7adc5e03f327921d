/** What came of a poll; a bounded set, because it labels a metric. */
export const POLL_RESULTS = [
  'ok',
  'unchanged',
  'timeout',
  'unreachable',
  'refused',
  'rate-limited',
  'server-error',
  'not-understood',
  'too-large',
  'not-stored',
] as const;

export type PollResult = (typeof POLL_RESULTS)[number];

/** A poll that brought nothing; the feed goes on with the next one. The message is for operators: no secret, no stack. */
export class FailedPoll extends Error {
  override readonly name = 'FailedPoll';

  constructor(
    readonly result: PollResult,
    message: string,
    /** What the upstream asks for, epoch ms; 0 when it says nothing. */
    readonly notBeforeMs = 0,
  ) {
    super(message);
  }
}
