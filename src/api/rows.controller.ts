import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { type RowJson, toRowJson } from '../core/row/row-json';
import { asOfHeaders } from './as-of';
import { Catalogue } from './catalogue';
import { parseRowParameters } from './row-parameters';
import { RowsService } from './rows.service';
import { PROBLEM_SCHEMA, ROWS_SCHEMA } from './schemas';

interface RowsBody {
  readonly rows: readonly RowJson[];
  readonly cursor?: string;
  readonly note?: string;
}

@ApiTags('pipelines')
@Controller('v1/pipelines')
export class RowsController {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly rows: RowsService,
  ) {}

  @Get(':name/rows')
  @ApiOperation({
    summary: 'Open windows from state joined with closed ones from the table, the newest revision of each',
    description:
      'Headers say what the answer reflects: `millrace-as-of-offsets`, `millrace-as-of-watermark`, `millrace-staleness-ms`.',
  })
  @ApiQuery({
    name: 'key.*',
    required: false,
    description: 'Only rows whose key field has this text, e.g. key.location',
  })
  @ApiQuery({ name: 'from', required: false, description: 'Windows that start at or after; ISO 8601 or epoch ms' })
  @ApiQuery({ name: 'to', required: false, description: 'Windows that start before; ISO 8601 or epoch ms' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 1000 (default 100)' })
  @ApiQuery({ name: 'cursor', required: false, description: 'From the page before' })
  @ApiOkResponse({ schema: ROWS_SCHEMA })
  @ApiBadRequestResponse({ schema: PROBLEM_SCHEMA })
  async page(
    @Param('name') name: string,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RowsBody> {
    const pipeline = this.catalogue.runnable(name);
    const page = await this.rows.page(pipeline, parseRowParameters(query, pipeline.keyNames));
    response.set(asOfHeaders(page.asOf)).set('Cache-Control', 'no-store');
    return {
      rows: page.rows.map(toRowJson),
      ...(page.cursor !== undefined && { cursor: page.cursor }),
      ...(page.note !== undefined && { note: page.note }),
    };
  }
}
