import type { SourceRecord } from '../ports/record-source.port';

/** Name of the pipeline that a dead letter is sent again for: others that read the topic have had the record. */
export const REPLAY_FOR = 'millrace-replay-for';
/** Place of the record in the source, as `partition:offset`, that a replayed one is a copy of. */
export const REPLAY_OF = 'millrace-replay-of';

const utf8 = new TextDecoder();

/** Whether the record is a dead letter that was sent again for another pipeline than this one. */
export function isReplayForAnother({ headers }: SourceRecord, pipeline: string): boolean {
  const target = headers?.[REPLAY_FOR];
  if (target === undefined || target === null) return false;
  const text = typeof target === 'string' ? target : target instanceof Uint8Array ? utf8.decode(target) : undefined;
  return text !== undefined && text !== pipeline;
}
