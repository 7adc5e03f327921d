import type { JsonValue } from '../json';
import type { Language } from '../pipeline/language';
import type { Answer } from './compiled-feed';
import { condition, jsonExpression } from './feed-expression';
import { feedLanguage } from './feed-language';
import type { HttpPollDefinition } from './feed-source-definition';

/** An answer and the items in it. */
export interface PolledPage extends Answer {
  readonly items: readonly unknown[];
}

/** The expressions of `http-poll` as closures. All of them throw PoisonRecordError when they fail. */
export interface CompiledPolling {
  /** Where a feed begins that has no cursor yet; null without cursors. */
  start(now: Date): JsonValue;
  /** Whether there is anything to fetch at the cursor; `undefined` when only the clock tells. */
  readonly due: ((cursor: JsonValue, now: Date) => boolean) | undefined;
  next(page: PolledPage): JsonValue;
  /** The address of a page, query included; `followed` is what the page before gave. */
  address(at: { cursor: JsonValue; page: number; now: Date }, followed?: string): string;
  /** The address that the page gives for the next one, `true` when there is one at the usual address, `false` for none. */
  following(page: PolledPage): string | boolean;
}

export function compilePolling(source: HttpPollDefinition, standard: Language): CompiledPolling {
  const language = feedLanguage(standard);
  const { cursor, pages } = source;
  const start = cursor && jsonExpression('cursor.start', cursor.start, language);
  const next = cursor && jsonExpression('cursor.next', cursor.next, language);
  const due = cursor?.due === undefined ? undefined : condition('cursor.due', cursor.due, language);
  const more = pages?.more === undefined ? undefined : condition('pages.more', pages.more, language);
  const link = pages?.next === undefined ? undefined : jsonExpression('pages.next', pages.next, language);
  const query = Object.entries(source.query ?? {}).map(
    ([name, text]) => [name, jsonExpression(`query.${name}`, text, language)] as const,
  );
  return {
    start: (now) => start?.({ now }) ?? null,
    due: due && ((at, now) => due({ cursor: at, now })),
    next: (page) => (next ? next({ ...page }) : null),
    address(at, followed) {
      if (followed !== undefined) return new URL(followed, source.url).href;
      const url = new URL(source.url);
      for (const [name, value] of query) url.searchParams.set(name, textOf(value(at)));
      return url.href;
    },
    following(page) {
      if (page.page + 1 >= (pages?.max ?? 1)) return false;
      if (more && !more({ ...page })) return false;
      const followed = link?.({ ...page });
      return link ? typeof followed === 'string' && followed !== '' && followed : more !== undefined;
    },
  };
}

/** Texts as they are, numbers and the like as JSON writes them. */
function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
