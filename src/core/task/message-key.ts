import { PoisonRecordError } from '../errors';

const utf8 = new TextDecoder();

/**
 * Equal keys must share a partition, or two tasks would write the same rows. The message key shows that they do when
 * it is the pipeline's key: its canonical text, or for one field its plain text. Throws PoisonRecordError.
 */
export function checkMessageKey(messageKey: Uint8Array | null, keyText: string, keyNames: readonly string[]): void {
  const text = messageKey === null ? undefined : decode(messageKey);
  if (text === keyText || (keyNames.length === 1 && keyText.startsWith('[') && text === plainText(keyText))) return;
  const found = text === undefined ? 'no message key' : `the message key ${JSON.stringify(text)}`;
  throw new PoisonRecordError(
    'wrong-message-key',
    `The record has ${found}, its key (${keyNames.join(', ')}) is ${JSON.stringify(keyText)}. ` +
      'Produce records with that text as the message key, so that equal keys share a partition.',
  );
}

/** Short ASCII keys, the usual ones, are decoded without a call into the runtime. */
function decode(bytes: Uint8Array): string {
  const { length } = bytes;
  if (length > 24) return utf8.decode(bytes);
  let text = '';
  for (let i = 0; i < length; i++) {
    const code = bytes[i]!;
    if (code > 0x7f) return utf8.decode(bytes);
    text += String.fromCharCode(code);
  }
  return text;
}

function plainText(keyText: string): string {
  const [value] = JSON.parse(keyText) as unknown[];
  return String(value);
}
