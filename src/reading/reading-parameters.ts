import { badParameter } from '../api/problem-details';
import { limitOf, PAGE_LIMIT, timeOf } from '../api/row-parameters';

/** Given once each, by name. Throws a 400 for a name that is not among the allowed ones. */
export function singleTexts(query: Readonly<Record<string, unknown>>, allowed: readonly string[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(query)) {
    if (!allowed.includes(name)) throw badParameter(name, `It is not known here. Known ones: ${allowed.join(', ')}.`);
    if (typeof value !== 'string') throw badParameter(name, 'It must be given once.');
    texts.set(name, value);
  }
  return texts;
}

export interface PageParameters {
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** Throws a 400 that names the parameter and says what would be right. */
export function pageParameters(texts: ReadonlyMap<string, string>): PageParameters {
  const fromMs = timeOf('from', texts.get('from'));
  const toMs = timeOf('to', texts.get('to'));
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs) {
    throw badParameter('to', 'It must be later than "from": rows are those in [from, to).');
  }
  return { fromMs, toMs, limit: limitOf(texts.get('limit'), PAGE_LIMIT), cursor: texts.get('cursor') };
}

const DAY_MS = 86_400_000;
/** Each month is a partition and may cost a query. */
const MOST_DAYS = 731;
const DEFAULT_DAYS = 366;

/** `[fromMs, toMs)`: by default the year up to `newestMs`. Throws a 400 for more than two years, saying how to go on. */
export function rangeOf(
  given: Pick<PageParameters, 'fromMs' | 'toMs'>,
  newestMs: number,
): { fromMs: number; toMs: number } {
  const toMs = given.toMs ?? Math.max(newestMs + 1, (given.fromMs ?? 0) + 1);
  const fromMs = given.fromMs ?? toMs - DEFAULT_DAYS * DAY_MS;
  if (toMs - fromMs <= MOST_DAYS * DAY_MS) return { fromMs, toMs };
  const iso = (ms: number): string => new Date(ms).toISOString();
  throw badParameter(
    'from',
    `${iso(fromMs)} to ${iso(toMs)} is more than ${MOST_DAYS} days. Ask for at most that, such as ` +
      `from=${iso(toMs - MOST_DAYS * DAY_MS)}&to=${iso(toMs)}, and then for what lies before.`,
  );
}

/** Throws a 400 for a text that is no number. */
export function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw badParameter(name, `"${text}" is no number.`);
}
