import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { type RowJson, toRowJson } from '../core/row/row-json';
import { asOfHeaders } from './as-of';
import { RowQuestions } from './row-questions';
import { PROBLEM_SCHEMA, ROWS_SCHEMA } from './schemas';

interface RowsBody {
  readonly rows: readonly RowJson[];
  readonly cursor?: string;
  readonly note?: string;
}

@ApiTags('pipelines')
@Controller('v1/pipelines')
export class RowsController {
  constructor(private readonly questions: RowQuestions) {}

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
  @ApiQuery({ name: 'at', required: false, description: 'Windows that hold this time; ISO 8601 or epoch ms' })
  @ApiQuery({ name: 'after', required: false, description: 'topic:partition:offset that the answer has to reflect' })
  @ApiQuery({ name: 'timeout', required: false, description: 'How long to wait for that; default 5s' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 1000 (default 100)' })
  @ApiQuery({ name: 'cursor', required: false, description: 'From the page before' })
  @ApiOkResponse({ schema: ROWS_SCHEMA })
  @ApiBadRequestResponse({ schema: PROBLEM_SCHEMA })
  async page(
    @Param('name') name: string,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RowsBody> {
    const { rows, cursor, note, asOf } = await this.questions.page(name, query);
    response.set(asOfHeaders(asOf)).set('Cache-Control', 'no-store');
    return {
      rows: rows.map(toRowJson),
      ...(cursor !== undefined && { cursor }),
      ...(note !== undefined && { note }),
    };
  }
}
