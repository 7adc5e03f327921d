import { PoisonRecordError } from '../errors';

const utf8 = new TextDecoder();

/**
 * Equal keys must share a partition, or two tasks would write the same rows. The message key shows that they do when
 * it is the pipeline's key: its canonical text, or for one field its plain text. Throws PoisonRecordError.
 */
export function checkMessageKey(messageKey: Uint8Array | null, keyText: string, keyNames: readonly string[]): void {
  if (messageKey !== null && isAsciiOf(messageKey, keyText)) return;
  const text = messageKey === null ? undefined : utf8.decode(messageKey);
  if (text === keyText || (keyNames.length === 1 && keyText.startsWith('[') && text === plainText(keyText))) return;
  const found = text === undefined ? 'no message key' : `the message key ${JSON.stringify(text)}`;
  throw new PoisonRecordError(
    'wrong-message-key',
    `The record has ${found}, its key (${keyNames.join(', ')}) is ${JSON.stringify(keyText)}. ` +
      'Equal keys must share a partition: produce records with that text as the message key, or set repartition: always and reset the pipeline.',
  );
}

/** Whether the bytes are the text, for a text of ASCII characters; false says nothing. Makes no garbage. */
function isAsciiOf(bytes: Uint8Array, text: string): boolean {
  const { length } = bytes;
  if (length !== text.length) return false;
  for (let i = 0; i < length; i++) {
    const byte = bytes[i]!;
    if (byte > 0x7f || byte !== text.charCodeAt(i)) return false;
  }
  return true;
}

function plainText(keyText: string): string {
  const [value] = JSON.parse(keyText) as unknown[];
  return String(value);
}
