const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const count = (value) => plain.format(value);

/** Large counts that only their size matters of. */
export const roughCount = (value) => (value < 100_000 ? plain.format(value) : compact.format(value));

export const perSecond = (value) => (value > 0 && value < 10 ? oneDigit.format(value) : roughCount(Math.round(value)));

/** A value of an aggregate. */
export function quantity(value) {
  if (typeof value === 'number') return Number.isInteger(value) ? plain.format(value) : oneDigit.format(value);
  if (value === null || value === undefined) return '–';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

/** `3.4 s`, `12 min`, `4,921 d`. */
export function duration(ms) {
  const [size, unit] = UNITS.find(([least]) => ms >= least) ?? [1, 'ms'];
  const value = ms / size;
  return `${value < 10 && size > 1 ? oneDigit.format(value) : plain.format(value)} ${unit}`;
}

/** Formats moments on the clocks of a zone; the finer the windows, the more is told. */
export function momentFormat(zone, isDaily) {
  const date = { day: 'numeric', month: 'short', year: 'numeric' };
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...date, ...(isDaily ? {} : time) });
  return (ms) => format.format(ms);
}

const dollars = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' });
const smallDollars = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD', maximumSignificantDigits: 5 });

/** A price: cents, or as many digits as a small one needs. */
export function price(value) {
  if (typeof value !== 'number') return '–';
  return Math.abs(value) >= 10 ? dollars.format(value) : smallDollars.format(value);
}

const axisDollars = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 });

/** A price beside an axis. */
export const axisPrice = (value) => `$${axisDollars.format(value)}`;

/** `+2.31 %`. */
export const percent = (value) => (typeof value === 'number' ? `${value > 0 ? '+' : ''}${value.toFixed(2)} %` : '–');
