import type { CompiledFeed } from '../../core/feeds/compiled-feed';
import type { Language } from '../../core/pipeline/language';
import type { Clock } from '../../core/ports/clock.port';
import type { FeedSource } from './feed-source';
import { FileSource } from './file-source';
import { GeneratorSource } from './generator-source';
import { HttpPollSource } from './http-poll-source';

/** A source that fetches; `undefined` for a webhook, which is sent to. Throws ConfigError for one that cannot work. */
export function openSource(feed: CompiledFeed, language: Language, clock: Clock): FeedSource | undefined {
  const { source } = feed.definition.spec;
  switch (source.kind) {
    case 'http-poll':
      return new HttpPollSource({ feed, source, language, clock });
    case 'file':
      return new FileSource(source, clock);
    case 'generator':
      return new GeneratorSource(source, clock);
    case 'webhook':
      return undefined;
  }
}
