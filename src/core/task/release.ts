import { PoisonRecordError } from '../errors';
import type { OutgoingRecord } from '../ports/record-producer.port';
import type { SourceRecord } from '../ports/record-source.port';
import { base64Of, bytesOfBase64 } from './base64';
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
  /** By place, what the patch makes of a value that has a schema: the task could not write it, because it asks no registry. */
  readonly values?: ReadonlyMap<string, Uint8Array>;
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
  const values = release.values && Object.fromEntries([...release.values].map(([at, bytes]) => [at, base64Of(bytes)]));
  return {
    ...{ key: messageKey, partition, value: JSON.stringify({ key, places, patch, values }) },
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
  const { key, places, patch, values } = parsed;
  return {
    ...{ keyText: key, places: places.map(String) },
    ...(isObject(patch) && { patch }),
    ...(isObject(values) && { values: bytesIn(values) }),
  };
}

function bytesIn(values: JsonObject): ReadonlyMap<string, Uint8Array> {
  const bytes = new Map<string, Uint8Array>();
  for (const [place, text] of Object.entries(values)) {
    const value = typeof text === 'string' ? bytesOfBase64(text) : undefined;
    if (!value) throw new PoisonRecordError('not-decodable', `The release of ${place} holds no value in base64.`);
    bytes.set(place, value);
  }
  return bytes;
}

function parsedJson(value: Uint8Array | null): unknown {
  try {
    return value === null ? undefined : JSON.parse(utf8.decode(value));
  } catch {
    // Whoever asks says what is wrong.
    return undefined;
  }
}
