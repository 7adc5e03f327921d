import { badParameter } from './problem-details';

/** The query of `/rows`, checked. Times are epoch ms; a row is wanted if its window starts in `[fromMs, toMs)`. */
export interface RowParameters {
  /** Wanted texts of key fields, by field; empty for every key. */
  readonly key: ReadonlyMap<string, string>;
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly limit: number;
  readonly cursor?: string;
}

export interface LimitRange {
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

export const PAGE_LIMIT: LimitRange = { fallback: 100, min: 1, max: 1000 };

const NAMES = ['from', 'to', 'limit', 'cursor'];
const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/;

/** Throws a 400 that names the parameter and says what would be right. */
export function parseRowParameters(
  query: Readonly<Record<string, unknown>>,
  keyNames: readonly string[],
  limits: LimitRange = PAGE_LIMIT,
): RowParameters {
  const texts = singleTexts(query, keyNames);
  const fromMs = timeOf('from', texts.get('from'));
  const toMs = timeOf('to', texts.get('to'));
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs) {
    throw badParameter('to', 'It must be later than "from": rows are those whose window starts in [from, to).');
  }
  const cursor = texts.get('cursor');
  return {
    key: keyTexts(texts),
    ...(fromMs !== undefined && { fromMs }),
    ...(toMs !== undefined && { toMs }),
    limit: limitOf(texts.get('limit'), limits),
    ...(cursor !== undefined && { cursor }),
  };
}

function singleTexts(
  query: Readonly<Record<string, unknown>>,
  keyNames: readonly string[],
): ReadonlyMap<string, string> {
  const allowed = [...keyNames.map((name) => `key.${name}`), ...NAMES];
  return new Map(
    Object.entries(query).map(([name, value]) => {
      if (!allowed.includes(name)) throw badParameter(name, `It is not known here. Known ones: ${allowed.join(', ')}.`);
      if (typeof value !== 'string') throw badParameter(name, 'It must be given once.');
      return [name, value];
    }),
  );
}

function keyTexts(texts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const entries = [...texts].filter(([name]) => name.startsWith('key.'));
  return new Map(entries.map(([name, value]) => [name.slice('key.'.length), value]));
}

/** Epoch ms of a parameter that may be absent. Throws a 400. */
export function timeOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  // A `+` that was not escaped in the URL arrives as a space.
  const iso = text.replace(/ (?=\d{2}:?\d{2}$)/, '+');
  const ms = /^-?\d{1,15}$/.test(text) ? Number(text) : ISO_TIME.test(iso) ? Date.parse(iso) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw badParameter(
      name,
      `"${text}" is no time. Give epoch milliseconds (1370044800000) or ISO 8601 with a zone ` +
        '(2013-06-01T00:00:00Z, 2013-06-01T00:00:00+08:00) or a UTC date (2013-06-01).',
    );
  }
  return ms;
}

/** Throws a 400 for a text that is no number of the range. */
export function limitOf(text: string | undefined, { fallback, min, max }: LimitRange): number {
  if (text === undefined) return fallback;
  const limit = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (!(limit >= min && limit <= max)) {
    throw badParameter('limit', `"${text}" is not a whole number from ${min} to ${max}.`);
  }
  return limit;
}
