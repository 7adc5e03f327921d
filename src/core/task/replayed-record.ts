import type { SourceRecord } from '../ports/record-source.port';

/** Name of the pipeline that a dead letter is sent again for: others that read the topic have had the record. */
export const REPLAY_FOR = 'millrace-replay-for';
/** Place of the record in the source, as `partition:offset`, that a replayed one is a copy of. */
export const REPLAY_OF = 'millrace-replay-of';

const utf8 = new TextDecoder();

/** There in a record of the source that holds no data, but tells a task to let the records of a parked key go. */
export const RELEASE = 'millrace-release';

/** What a record is to one pipeline: data, a replay or release that is for another pipeline, or a release of a key. */
export type RecordRole = 'data' | 'for another' | 'release';

export function roleOf({ headers }: SourceRecord, pipeline: string): RecordRole {
  const target = headers?.[REPLAY_FOR];
  if (target === undefined || target === null) return 'data';
  const text = typeof target === 'string' ? target : target instanceof Uint8Array ? utf8.decode(target) : undefined;
  if (text === undefined) return 'data';
  if (text !== pipeline) return 'for another';
  return headers?.[RELEASE] === undefined ? 'data' : 'release';
}
