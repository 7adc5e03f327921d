/**
 * UTF-8 for the engine of the sandbox, which has the language and nothing of what browsers and Node add to it. As much of the
 * Encoding Standard as the code of this package and of Zod calls. Imported before all else.
 */
class Utf8Encoder {
  readonly encoding = 'utf-8';

  encode(text = ''): Uint8Array {
    const bytes = new Uint8Array(text.length * MAX_BYTES_OF_UNIT);
    return bytes.slice(0, this.encodeInto(text, bytes).written);
  }

  encodeInto(text: string, into: Uint8Array): { read: number; written: number } {
    let [read, written] = [0, 0];
    while (read < text.length) {
      const unit = text.charCodeAt(read);
      // Most texts are ASCII, and the engine is slow.
      if (unit < 0x80 && written < into.length) {
        into[written++] = unit;
        read++;
        continue;
      }
      const code = scalarAt(text, read);
      const bytes = utf8Of(code);
      if (written + bytes.length > into.length) break;
      into.set(bytes, written);
      written += bytes.length;
      read += code > 0xffff ? 2 : 1;
    }
    return { read, written };
  }
}

const MAX_BYTES_OF_UNIT = 3;
const REPLACEMENT = 0xfffd;

/** Half a pair of surrogates becomes the replacement character. */
function scalarAt(text: string, at: number): number {
  const code = text.codePointAt(at)!;
  return code >= 0xd800 && code <= 0xdfff ? REPLACEMENT : code;
}

function utf8Of(code: number): number[] {
  if (code < 0x80) return [code];
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 63)];
  if (code < 0x10000) return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
  return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
}

interface DecoderOptions {
  readonly fatal?: boolean;
  readonly ignoreBOM?: boolean;
}

class Utf8Decoder {
  readonly encoding = 'utf-8';
  private readonly fatal: boolean;
  private readonly ignoreBOM: boolean;

  constructor(_label = 'utf-8', { fatal = false, ignoreBOM = false }: DecoderOptions = {}) {
    this.fatal = fatal;
    this.ignoreBOM = ignoreBOM;
  }

  decode(bytes: Uint8Array = new Uint8Array()): string {
    const parts: string[] = [];
    for (let at = 0; at < bytes.length;) {
      const [code, length] = readAt(bytes, at);
      if (code === undefined && this.fatal) throw new TypeError('The encoded data was not valid for encoding utf-8');
      if (at > 0 || code !== 0xfeff || this.ignoreBOM) parts.push(String.fromCodePoint(code ?? REPLACEMENT));
      at += length;
    }
    return parts.join('');
  }
}

/** Bits of the first byte, bytes that follow, least code: longer writings of a small code are no UTF-8. */
const FORMS = [
  { mask: 0xe0, head: 0xc0, following: 1, least: 0x80 },
  { mask: 0xf0, head: 0xe0, following: 2, least: 0x800 },
  { mask: 0xf8, head: 0xf0, following: 3, least: 0x10000 },
] as const;

/** The character that begins at a byte and its length, or no character and one byte. */
function readAt(bytes: Uint8Array, at: number): readonly [number | undefined, number] {
  const first = bytes[at]!;
  if (first < 0x80) return [first, 1];
  const form = FORMS.find(({ mask, head }) => (first & mask) === head);
  if (!form) return [undefined, 1];
  let code = first & ~form.mask & 0xff;
  for (let i = 1; i <= form.following; i++) {
    const byte = bytes[at + i];
    if (byte === undefined || (byte & 0xc0) !== 0x80) return [undefined, 1];
    code = (code << 6) | (byte & 63);
  }
  const isScalar = code >= form.least && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isScalar ? [code, form.following + 1] : [undefined, 1];
}

Object.assign(globalThis, { TextEncoder: Utf8Encoder, TextDecoder: Utf8Decoder });

export {};
