/** `atob` of the HTML standard, which Zod asks whether text is base64. Imported before all else. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function atob(given: unknown): string {
  const text = String(given).replace(/[\t\n\f\r ]/g, '');
  const digits = text.length % 4 === 0 ? text.replace(/={1,2}$/, '') : text;
  if (digits.length % 4 === 1 || !/^[A-Za-z0-9+/]*$/.test(digits)) throw new TypeError('The text is no base64');
  let [bits, count, bytes] = [0, 0, ''];
  for (const digit of digits) {
    bits = (bits << 6) | ALPHABET.indexOf(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += String.fromCharCode((bits >> count) & 255);
    bits &= (1 << count) - 1;
  }
  return bytes;
}

Object.assign(globalThis, { atob });

export {};
