import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { type RowJson, toRowJson } from '../core/row/row-json';
import { asOfHeaders } from './as-of';
import { AwaitedRecords } from './awaited-records';
import { Catalogue } from './catalogue';
import { badParameter } from './problem-details';
import { awaitParameters } from './record-token';
import { parseRowParameters, type RowParameters, timeOf } from './row-parameters';
import { type RowsPage, RowsService } from './rows.service';
import { PROBLEM_SCHEMA, ROWS_SCHEMA } from './schemas';
import { holds, startsAround } from './windows-at';

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
    private readonly awaited: AwaitedRecords,
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
  @ApiQuery({ name: 'at', required: false, description: 'Windows that hold this time; ISO 8601 or epoch ms' })
  @ApiQuery({ name: 'after', required: false, description: 'topic:partition:offset that the answer has to reflect' })
  @ApiQuery({ name: 'timeout', required: false, description: 'How long to wait for that; default 5s' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 1000 (default 100)' })
  @ApiQuery({ name: 'cursor', required: false, description: 'From the page before' })
  @ApiOkResponse({ schema: ROWS_SCHEMA })
  @ApiBadRequestResponse({ schema: PROBLEM_SCHEMA })
  async page(
    @Param('name') name: string,
    @Query() { after, timeout, at, ...query }: Record<string, unknown>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RowsBody> {
    const pipeline = this.catalogue.runnable(name);
    const wanted = parseRowParameters(query, pipeline.keyNames);
    const atMs = instantOf(at, wanted);
    await this.awaited.reflectedIn(pipeline, awaitParameters(after, timeout));
    const range = atMs === undefined ? wanted : { ...wanted, ...startsAround(pipeline, atMs) };
    const page = await this.rows.page(pipeline, range);
    const rows = atMs === undefined ? page.rows : page.rows.filter((row) => holds(pipeline, row, atMs));
    const note = page.note ?? noteOf(page, wanted);
    response.set(asOfHeaders(page.asOf)).set('Cache-Control', 'no-store');
    return {
      rows: rows.map(toRowJson),
      ...(page.cursor !== undefined && { cursor: page.cursor }),
      ...(note !== undefined && { note }),
    };
  }
}

function instantOf(at: unknown, { fromMs, toMs }: RowParameters): number | undefined {
  if (at === undefined) return undefined;
  if (typeof at !== 'string') throw badParameter('at', 'It must be given once.');
  if (fromMs === undefined && toMs === undefined) return timeOf('at', at);
  throw badParameter('at', 'Give either "at", for the windows that hold a time, or "from" and "to".');
}

/** A key that nothing is known of is more often a slip than a question. */
function noteOf({ rows, cursor }: RowsPage, { key, cursor: given }: RowParameters): string | undefined {
  if (rows.length > 0 || cursor !== undefined || given !== undefined || key.size === 0) return undefined;
  const asked = [...key].map(([name, text]) => `${name}=${text}`).join(', ');
  return `No row has the key ${asked} in this range. Keys are case-sensitive; without "key.*" the rows of all keys come.`;
}
