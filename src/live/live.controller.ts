import { Controller, Get, Headers, Inject, Optional, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Access, openAccess } from '../access/access';
import { Catalogue } from '../api/catalogue';
import { liveRequest } from './live-request';
import { LiveService } from './live.service';
import { SseStream } from './sse-stream';

@ApiTags('pipelines')
@Controller('v1/pipelines')
export class LiveController {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly live: LiveService,
    @Optional() @Inject(Access) private readonly access: Access = openAccess(),
  ) {}

  @Get(':name/live')
  @ApiOperation({
    summary: 'Server-sent events: a snapshot, then changed rows as they are committed',
    description:
      'Events `snapshot` and `rows` carry {"rows":[...]}; of two versions of a row the greater revision is the newer. ' +
      'A snapshot replaces what was received before; its `cursor`, when present, goes on at `/rows`. ' +
      'With `Last-Event-ID` nothing between is lost: it is replayed, or a new snapshot comes when it is kept no more.',
  })
  @ApiQuery({ name: 'key.*', required: false, description: 'Only rows whose key field has this text' })
  @ApiQuery({ name: 'limit', required: false, description: 'Rows of the snapshot, 0 to 1000 (default 1000)' })
  @ApiQuery({ name: 'every', required: false, description: 'At least so long between two events, such as 1s' })
  @ApiOkResponse({ description: 'text/event-stream', content: { 'text/event-stream': {} } })
  async follow(
    @Param('name') name: string,
    @Query() query: Record<string, unknown>,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const wanted = liveRequest(this.catalogue, name, query, lastEventId);
    const stream = new SseStream(response);
    stream.onClose(this.access.watch(request, 'read', () => stream.close()));
    await this.live.serve(wanted, stream);
  }
}
