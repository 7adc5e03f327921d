import { parseDuration } from '../core/pipeline/duration';
import { badParameter } from './problem-details';

/** A place in the log, as `POST /v1/ingest` gives it: the answer has to reflect this record. */
export interface RecordToken {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

export interface AwaitParameters {
  /** Empty when nothing has to be waited for. */
  readonly tokens: readonly RecordToken[];
  readonly timeoutMs: number;
}

const TIMEOUT_MS = 5_000;
const LONGEST_MS = 60_000;
const MOST_TOKENS = 100;

/** `after` (`topic:partition:offset`, several separated by commas) and `timeout`. Throws a 400 that says what would be right. */
export function awaitParameters(after: unknown, timeout: unknown): AwaitParameters {
  return { tokens: after === undefined ? [] : tokensOf(after), timeoutMs: timeoutOf(timeout) };
}

function tokensOf(after: unknown): RecordToken[] {
  const parts = typeof after === 'string' ? after.split(',') : [];
  const tokens = parts.flatMap((part): RecordToken[] => {
    const [, topic, partition, offset] = /^\s*([\w.-]+):(\d{1,6}):(\d{1,18})\s*$/.exec(part) ?? [];
    return offset === undefined ? [] : [{ topic: topic!, partition: Number(partition), offset: BigInt(offset) }];
  });
  if (tokens.length > 0 && tokens.length === parts.length && tokens.length <= MOST_TOKENS) return tokens;
  throw badParameter(
    'after',
    `Give it once, as topic:partition:offset of a record that the answer has to reflect; several, at most ${MOST_TOKENS}, are separated by commas.`,
  );
}

function timeoutOf(timeout: unknown): number {
  if (timeout === undefined) return TIMEOUT_MS;
  const ms = typeof timeout === 'string' ? parseDuration(timeout) : undefined;
  if (ms !== undefined && ms <= LONGEST_MS) return ms;
  throw badParameter('timeout', 'Give a duration of at most 60s, such as 500ms or 5s (default).');
}
