import { PoisonRecordError } from '../errors';
import type { OutgoingRecord } from '../ports/record-producer.port';
import type { SourceRecord } from '../ports/record-source.port';
import { isObject, type JsonObject } from './merge-patch';
import { RELEASE, REPLAY_FOR } from './replayed-record';

const utf8 = new TextDecoder();

/** What an operator has decided about a parked key. */
export interface Release {
  readonly keyText: string;
  /** Places in the source, `partition:offset`, of records to be put right by the patch. */
  readonly places: readonly string[];
  /** A JSON merge patch (RFC 7396). */
  readonly patch?: JsonObject;
}

export interface ReleaseTarget {
  readonly pipeline: string;
  /** Message key of a record that waits, for those who read the topic by key. */
  readonly messageKey: Uint8Array | null;
  /** Of the source: that of a record that waits. */
  readonly partition: number;
}

export function releaseRecord(release: Release, { pipeline, messageKey, partition }: ReleaseTarget): OutgoingRecord {
  const { keyText: key, places, patch } = release;
  return {
    ...{ key: messageKey, partition, value: JSON.stringify({ key, places, patch }) },
    headers: { [RELEASE]: '1', [REPLAY_FOR]: pipeline },
  };
}

/** Throws PoisonRecordError for one that this build did not write. */
export function releaseOf({ value }: SourceRecord): Release {
  const parsed = parsedJson(value);
  if (!isObject(parsed) || typeof parsed['key'] !== 'string' || !Array.isArray(parsed['places'])) {
    const message = `A record with the header ${RELEASE} does not say which key: only Millrace may write it.`;
    throw new PoisonRecordError('not-decodable', message);
  }
  const { key, places, patch } = parsed;
  return { keyText: key, places: places.map(String), ...(isObject(patch) && { patch }) };
}

function parsedJson(value: Uint8Array | null): unknown {
  try {
    return value === null ? undefined : JSON.parse(utf8.decode(value));
  } catch {
    // Whoever asks says what is wrong.
    return undefined;
  }
}
