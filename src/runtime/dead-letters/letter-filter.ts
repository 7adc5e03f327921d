import type { StoredLetter } from './stored-letter';

/** Which dead letters are meant; those of one pipeline in any case, because pipelines share topics. */
export interface LetterFilter {
  readonly pipeline: string;
  /** The message key as text. */
  readonly key?: string;
  readonly reason?: string;
  /** When the letter was written, epoch ms: `[fromMs, toMs)`. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

const utf8 = new TextDecoder();

export function isMeant(letter: StoredLetter, { pipeline, key, reason, fromMs, toMs }: LetterFilter): boolean {
  if (letter.pipeline !== pipeline) return false;
  if (reason !== undefined && letter.reason !== reason) return false;
  if (fromMs !== undefined && letter.writtenMs < fromMs) return false;
  if (toMs !== undefined && letter.writtenMs >= toMs) return false;
  return key === undefined || (letter.key !== null && utf8.decode(letter.key) === key);
}
