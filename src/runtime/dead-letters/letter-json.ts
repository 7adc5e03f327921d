import { letterName, type StoredLetter } from './stored-letter';

/** A dead letter for people and programs. Bytes that are no UTF-8 come as base64. */
export interface LetterJson {
  /** The letter's name: place of the record in the source, as `partition:offset`. */
  readonly letter: string;
  /** Place of the letter in its own topic. */
  readonly place: string;
  readonly written: string;
  readonly pipeline: string;
  readonly reason: string;
  readonly message: string;
  readonly source: { readonly topic: string; readonly partition: number; readonly offset: string };
  readonly timestamp: string;
  readonly key: string | null;
  readonly keyEncoding?: 'base64';
  readonly value: string | null;
  readonly valueEncoding?: 'base64';
  /** Of the whole value, of which only the beginning is shown. */
  readonly valueBytes?: number;
  /** The topic refused the record for its size: key or value are in the source alone. */
  readonly shortened?: true;
  /** The record parked its key, and waited when this was written. */
  readonly parked?: true;
}

/** Of one value: a page of letters must stay small. */
const MAX_SHOWN_BYTES = 10_000;
const LAST_TIME_MS = 8.64e15;

export function letterJson(letter: StoredLetter): LetterJson {
  const { partition, offset, writtenMs, pipeline, reason, message, source, timestampMs } = letter;
  const key = textOf(letter.key);
  const value = textOf(letter.value);
  return {
    ...{ letter: letterName(letter), place: `${partition}:${offset}`, written: isoOf(writtenMs) },
    ...{ pipeline, reason, message },
    source: { ...source, offset: source.offset.toString() },
    timestamp: isoOf(timestampMs),
    key: key.text,
    ...(key.isBase64 && { keyEncoding: 'base64' as const }),
    value: value.text,
    ...(value.isBase64 && { valueEncoding: 'base64' as const }),
    ...(letter.value && letter.value.length > MAX_SHOWN_BYTES && { valueBytes: letter.value.length }),
    ...(letter.isShortened && { shortened: true as const }),
    ...(letter.parkedAt && { parked: true as const }),
  };
}

function textOf(bytes: Uint8Array | null): { readonly text: string | null; readonly isBase64: boolean } {
  if (bytes === null) return { text: null, isBase64: false };
  const shown = bytes.subarray(0, MAX_SHOWN_BYTES);
  try {
    // With `stream`, a character that the cut has halved is left out rather than an error.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(shown, {
      stream: shown.length < bytes.length,
    });
    return { text, isBase64: false };
  } catch {
    return { text: btoa(String.fromCharCode(...shown)), isBase64: true };
  }
}

function isoOf(ms: number): string {
  return new Date(Math.min(LAST_TIME_MS, Math.max(-LAST_TIME_MS, ms))).toISOString();
}
