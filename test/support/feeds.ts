import { compileFeed } from '../../src/core/feeds/compile-feed';
import type { Answer, CompiledFeed } from '../../src/core/feeds/compiled-feed';
import { parseFeedFiles } from '../../src/core/feeds/parse-feeds';
import { STANDARD_LANGUAGE } from '../../src/core/pipeline/language';
import { problemText } from '../../src/core/pipeline/problem';

/** The document of a feed with this `spec`, two spaces deep. */
export function feedText(spec: string, name = 'made'): string {
  const indented = spec
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
  return `apiVersion: millrace/v1\nkind: Feed\nmetadata: { name: ${name} }\nspec:\n${indented}\n`;
}

/** What is wrong with a feed, as `line:column: message`. */
export function problemsOf(text: string, environment: Record<string, string> = {}): string[] {
  return parseFeedFiles([{ path: 'f', text }], environment).problems.map((problem) => problemText(problem).slice(2));
}

/** A feed with this `spec`. Throws when anything is wrong with it. */
export function compiledFeed(spec: string, name?: string): CompiledFeed {
  const { feeds, problems } = parseFeedFiles([{ path: 'f', text: feedText(spec, name) }], {});
  if (!feeds[0] || problems.length > 0) throw new Error(problems.map(problemText).join('\n'));
  return compileFeed(feeds[0].definition, STANDARD_LANGUAGE, Math.random);
}

export const NOW = new Date('2026-03-01T12:00:00Z');

export function answerOf(body: unknown, more: Partial<Answer> = {}): Answer {
  return { body, headers: {}, page: 0, cursor: null, now: NOW, ...more };
}
