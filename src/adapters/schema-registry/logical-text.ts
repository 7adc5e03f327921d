const DAY_MS = 86_400_000;

/** ISO 8601 of a count of `perSecond` parts since 1970, with the digits that the unit has. */
export function instantText(count: number | bigint, perSecond: 1_000 | 1_000_000 | 1_000_000_000): string {
  const parts = BigInt(count);
  const unit = BigInt(perSecond);
  const seconds = floorDiv(parts, unit);
  const digits = String(perSecond).length - 1;
  const fraction = (parts - seconds * unit).toString().padStart(digits, '0');
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, -5)}.${fraction}Z`;
}

/** The count of `perSecond` parts since 1970 of ISO 8601 text in UTC; finer digits are cut off. `undefined` for other text. */
export function instantCount(text: string, perSecond: 1_000 | 1_000_000 | 1_000_000_000): bigint | undefined {
  const [, whole, fraction = ''] = /^([^.]+?)(?:\.(\d{1,9})\d*)?(?:Z|\+00:00)?$/.exec(text) ?? [];
  const ms = whole === undefined ? NaN : Date.parse(/^\d{4}-\d\d-\d\d$/.test(whole) ? whole : `${whole}Z`);
  if (Number.isNaN(ms)) return undefined;
  const digits = String(perSecond).length - 1;
  return (BigInt(ms) / 1000n) * BigInt(perSecond) + BigInt(fraction.slice(0, digits).padEnd(digits, '0') || 0);
}

/** `2013-01-31` of days since 1970. */
export function dateText(days: number): string {
  return new Date(days * DAY_MS).toISOString().slice(0, -14);
}

export function dateDays(text: string): number | undefined {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(ms) || dateText(ms / DAY_MS) !== text ? undefined : ms / DAY_MS;
}

/** `23:59:59.999` of a count of `perSecond` parts since midnight. */
export function timeText(count: number, perSecond: 1_000 | 1_000_000): string {
  return instantText(count, perSecond).slice(11, -1);
}

export function timeCount(text: string, perSecond: 1_000 | 1_000_000): number | undefined {
  if (!/^\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text)) return undefined;
  const count = instantCount(`1970-01-01T${text.length === 5 ? `${text}:00` : text}`, perSecond);
  return count === undefined ? undefined : Number(count);
}

/** The decimal `unscaled * 10^-scale`: a number where 15 digits hold it, which is when a double is exact in decimal, else text. */
export function decimalValue(unscaled: bigint, scale: number): number | string {
  const text = decimalText(unscaled, scale);
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().length;
  return digits <= 15 ? Number(text) : text;
}

function decimalText(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? '-' : '';
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return scale === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-scale)}`;
}

/** `undefined` for what is no decimal, or has more digits after the point than `scale`. */
export function unscaledOf(value: unknown, scale: number): bigint | undefined {
  const text = typeof value === 'number' ? plainText(value) : value;
  const [, sign, whole, fraction = ''] = (typeof text === 'string' && /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)) || [];
  if (whole === undefined || fraction.replace(/0+$/, '').length > scale) return undefined;
  const digits = BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'));
  return sign ? -digits : digits;
}

/** Without an exponent. */
function plainText(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return Math.abs(value) < 1 ? value.toFixed(100).replace(/0+$/, '') : BigInt(value).toString();
}

/** Two's complement, the highest byte first. */
export function bigintOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(bytes.length * 8, value);
}

/** The shortest two's complement, or one of `length` bytes; `undefined` when it does not fit. */
export function bytesOfBigint(value: bigint, length?: number): Uint8Array | undefined {
  let needed = 1;
  while (BigInt.asIntN(needed * 8, value) !== value) needed++;
  const size = length ?? needed;
  if (size < needed) return undefined;
  const bytes = new Uint8Array(size);
  let rest = value;
  for (let i = size - 1; i >= 0; i--, rest >>= 8n) bytes[i] = Number(rest & 0xffn);
  return bytes;
}

function floorDiv(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient;
}
