import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, messageOf } from '../../core/errors';
import { compileFeed } from '../../core/feeds/compile-feed';
import type { CompiledFeed } from '../../core/feeds/compiled-feed';
import { parseFeedFiles } from '../../core/feeds/parse-feeds';
import type { Environment } from '../../core/feeds/placeholders';
import type { Language } from '../../core/pipeline/language';
import type { PipelineFile } from '../../core/pipeline/parse';
import { besideFile } from '../../processing/read-beside';
import type { Problem } from '../../core/pipeline/problem';

/** The feeds of a service. A file with a problem is refused as a whole; the others run. */
export interface FeedCatalog {
  readonly feeds: readonly CompiledFeed[];
  readonly problems: readonly Problem[];
}

/** Of documents that may lie beside feeds. */
const OTHER_KINDS = ['Pipeline', 'Test'];

/** Injection token of {@link FeedCatalog}. */
export const FEEDS = Symbol('millrace.feeds');

export interface FeedSources {
  readonly folder: string;
  /** Whether the folder may be missing: nobody has named it. */
  readonly isDefault: boolean;
  readonly environment: Environment;
  readonly language: Language;
}

/** Throws ConfigError when the folder cannot be read. */
export async function readFeeds({ folder, isDefault, environment, language }: FeedSources): Promise<FeedCatalog> {
  const files = await feedFiles(folder, isDefault);
  const { feeds, problems } = parseFeedFiles(files, environment, language, OTHER_KINDS);
  const refused = new Set(problems.map(({ file }) => file));
  const right = feeds.filter(({ file }) => !refused.has(file));
  return { feeds: right.map(({ definition }) => compileFeed(definition, language, Math.random)), problems };
}

async function feedFiles(folder: string, isDefault: boolean): Promise<readonly PipelineFile[]> {
  try {
    const names = (await readdir(folder)).filter((name) => /\.(ya?ml|json)$/.test(name)).sort();
    return await Promise.all(
      names.map(async (name) => {
        const path = join(folder, name);
        return { path, text: await readFile(path, 'utf8'), readBeside: besideFile(path) };
      }),
    );
  } catch (thrown) {
    if (isDefault && (thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new ConfigError(`The feeds folder ${folder} cannot be read: ${messageOf(thrown)}. Set MILLRACE_FEEDS.`);
  }
}
