import type { JsonValue } from '../../core/json';

/** Sets a property whatever its name: assigning `__proto__` would change the object's prototype instead. */
export function setProperty(object: Record<string, JsonValue>, name: string, value: JsonValue): void {
  if (name === '__proto__')
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  else object[name] = value;
}

export function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** `undefined` for text that is no base64. */
export function bytesOfBase64(text: unknown): Buffer | undefined {
  return typeof text === 'string' && BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
}

/** An integer as JSON has it: a number while it is exact, else text with all its digits, as in CSV input. */
export function integerValue(value: number | bigint): JsonValue {
  return typeof value === 'bigint' ? value.toString() : value;
}

/** The inverse; `undefined` for what is no integer in `[least, most]`. */
export function integerOf(value: unknown, least: bigint, most: bigint): bigint | undefined {
  const isInteger = typeof value === 'number' ? Number.isSafeInteger(value) : /^-?\d+$/.test(String(value));
  if (!isInteger || (typeof value !== 'number' && typeof value !== 'string')) return undefined;
  const integer = BigInt(value);
  return integer >= least && integer <= most ? integer : undefined;
}

/** Replacement characters stand where bytes were no UTF-8, unless they were written as such. */
export function hasBrokenText(fields: unknown, payload: Uint8Array): boolean {
  const shown = replacementsIn(fields);
  return shown > 0 && shown > replacementsWritten(payload);
}

function replacementsIn(value: unknown): number {
  if (typeof value === 'string') return value.includes('\uFFFD') ? value.split('\uFFFD').length - 1 : 0;
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  for (const part of Object.values(value)) count += replacementsIn(part);
  return count;
}

function replacementsWritten(payload: Uint8Array): number {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  let count = 0;
  for (let at = bytes.indexOf('\uFFFD'); at !== -1; at = bytes.indexOf('\uFFFD', at + 3)) count++;
  return count;
}
