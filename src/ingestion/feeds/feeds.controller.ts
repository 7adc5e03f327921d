import { Controller, Get, Inject, NotFoundException, Param } from '@nestjs/common';
import { ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { CompiledFeed } from '../../core/feeds/compiled-feed';
import type { Problem } from '../../core/pipeline/problem';
import { PORTS, type Ports } from '../../runtime/ports';
import { FEEDS, type FeedCatalog } from './feed-catalog';
import { type FeedView, feedView } from './feed-view';

interface FeedList {
  readonly feeds: readonly FeedView[];
  /** What is wrong with files that were refused. */
  readonly problems: readonly Problem[];
}

/** What feeds there are and how each one is, whichever process runs it. */
@ApiTags('feeds')
@Controller('v1/feeds')
export class FeedsController {
  constructor(
    @Inject(FEEDS) private readonly catalog: FeedCatalog,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Feeds: where their records come from, who runs them, how the last poll went' })
  @ApiOkResponse({ description: 'Feeds in the order of their names, and problems of files that were refused' })
  async list(): Promise<FeedList> {
    const { feeds, problems } = this.catalog;
    const sorted = [...feeds].sort((a, b) => (a.name < b.name ? -1 : 1));
    return { feeds: await this.views(sorted), problems };
  }

  @Get(':name')
  @ApiOperation({ summary: 'One feed' })
  @ApiNotFoundResponse({ description: 'No feed has this name' })
  async one(@Param('name') name: string): Promise<FeedView> {
    const feed = this.catalog.feeds.find((known) => known.name === name);
    if (!feed) throw new NotFoundException(`There is no feed "${name}".`);
    return (await this.views([feed]))[0]!;
  }

  private async views(feeds: readonly CompiledFeed[]): Promise<readonly FeedView[]> {
    const entries = await this.ports.feedLedger.entries(feeds.map(({ name }) => name));
    return feeds.map((feed, i) => feedView(feed, entries[i]!));
  }
}
