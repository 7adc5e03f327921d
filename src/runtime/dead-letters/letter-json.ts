import { fieldsOf, maskedFields, maskedText } from '../../core/decoding/personal';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
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
  /** `fields`: not the bytes, but what they were decoded to. */
  readonly valueEncoding?: 'base64' | 'fields';
  /** The source has personal fields: they are left out, or all of a value that cannot be decoded. */
  readonly hidden?: true;
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

export function letterJson(letter: StoredLetter, view: LetterView): LetterJson {
  const { partition, offset, writtenMs, pipeline, reason, message, source, timestampMs } = letter;
  const { key, value, isHidden } = contentOf(letter, view);
  return {
    ...{ letter: letterName(letter), place: `${partition}:${offset}`, written: isoOf(writtenMs) },
    ...{ pipeline, reason, message },
    source: { ...source, offset: source.offset.toString() },
    timestamp: isoOf(timestampMs),
    key: key.text,
    ...(key.encoding === 'base64' && { keyEncoding: key.encoding }),
    value: value.text,
    ...(value.encoding && { valueEncoding: value.encoding }),
    ...(isHidden && { hidden: true as const }),
    ...(letter.value && letter.value.length > MAX_SHOWN_BYTES && { valueBytes: letter.value.length }),
    ...(letter.isShortened && { shortened: true as const }),
    ...(letter.parkedAt && { parked: true as const }),
  };
}

/** What a pipeline tells of the values of its letters. */
export type LetterView = Pick<CompiledPipeline, 'decode' | 'personal' | 'schemas'>;

interface Shown {
  readonly text: string | null;
  readonly encoding?: 'base64' | 'fields';
}

interface Content {
  readonly key: Shown;
  readonly value: Shown;
  readonly isHidden: boolean;
}

const HIDDEN: Content = { key: { text: null }, value: { text: null }, isHidden: true };

/** Bytes as they are, unless they need a schema to be read or hold what must not be shown. */
function contentOf(letter: StoredLetter, view: LetterView): Content {
  const { personal, schemas } = view;
  const key = textOf(letter.key);
  const isPlain = personal.length === 0;
  if (isPlain && !schemas) return { key, value: textOf(letter.value), isHidden: false };
  const fields = fieldsOf(view, letter);
  if (!fields) return isPlain ? { key, value: textOf(letter.value), isHidden: false } : HIDDEN;
  const text = JSON.stringify(maskedFields(fields, personal)).slice(0, MAX_SHOWN_BYTES);
  const shownKey = key.text === null ? null : maskedText(key.text, personal, fields);
  return { key: { ...key, text: shownKey }, value: { text, encoding: 'fields' }, isHidden: !isPlain };
}

function textOf(bytes: Uint8Array | null): Shown {
  if (bytes === null) return { text: null };
  const shown = bytes.subarray(0, MAX_SHOWN_BYTES);
  try {
    // With `stream`, a character that the cut has halved is left out rather than an error.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(shown, {
      stream: shown.length < bytes.length,
    });
    return { text };
  } catch {
    return { text: btoa(String.fromCharCode(...shown)), encoding: 'base64' };
  }
}

function isoOf(ms: number): string {
  return new Date(Math.min(LAST_TIME_MS, Math.max(-LAST_TIME_MS, ms))).toISOString();
}
