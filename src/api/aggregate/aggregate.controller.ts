import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { asOfHeaders } from '../as-of';
import { AwaitedRecords } from '../awaited-records';
import { Catalogue } from '../catalogue';
import { badParameter } from '../problem-details';
import { awaitParameters } from '../record-token';
import { parseRowParameters } from '../row-parameters';
import { AGGREGATE_SCHEMA, PROBLEM_SCHEMA } from '../schemas';
import { type AggregateBody, AggregateService } from './aggregate.service';
import { stepGrid } from './step-grid';

@ApiTags('pipelines')
@Controller('v1/pipelines')
export class AggregateController {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly service: AggregateService,
    private readonly awaited: AwaitedRecords,
  ) {}

  @Get(':name/aggregate')
  @ApiOperation({
    summary: 'Windows of each key merged over steps of time',
    description: 'From the results of windows, open and closed; `notMerged` says which aggregates have none, and why.',
  })
  @ApiQuery({ name: 'key.*', required: false, description: 'Only keys whose field has this text, e.g. key.location' })
  @ApiQuery({ name: 'from', description: 'Windows that start at or after; ISO 8601 or epoch ms' })
  @ApiQuery({ name: 'to', description: 'Windows that start before; ISO 8601 or epoch ms' })
  @ApiQuery({ name: 'step', description: 'hour, day, week, month, quarter, year, or a duration such as 6h' })
  @ApiQuery({ name: 'tz', required: false, description: 'IANA zone on whose clocks a unit lies; default UTC' })
  @ApiQuery({ name: 'after', required: false, description: 'topic:partition:offset that the answer has to reflect' })
  @ApiQuery({ name: 'timeout', required: false, description: 'How long to wait for that; default 5s' })
  @ApiOkResponse({ schema: AGGREGATE_SCHEMA })
  @ApiBadRequestResponse({ schema: PROBLEM_SCHEMA })
  async aggregate(
    @Param('name') name: string,
    @Query() { step, tz, after, timeout, ...query }: Record<string, unknown>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AggregateBody> {
    const pipeline = this.catalogue.runnable(name);
    for (const notTaken of ['limit', 'cursor'].filter((parameter) => query[parameter] !== undefined)) {
      throw badParameter(notTaken, 'There are no pages here: all steps come at once.');
    }
    const wanted = parseRowParameters(query, pipeline.keyNames);
    const { fromMs, toMs } = wanted;
    if (fromMs === undefined) throw badParameter('from', 'It is needed: ISO 8601 or epoch ms.');
    if (toMs === undefined) throw badParameter('to', 'It is needed: ISO 8601 or epoch ms.');
    const grid = stepGrid(textOf('step', step), textOf('tz', tz));
    await this.awaited.reflectedIn(pipeline, awaitParameters(after, timeout));
    const { body, asOf } = await this.service.aggregate(pipeline, { wanted: { ...wanted, fromMs, toMs }, grid });
    response.set(asOfHeaders(asOf)).set('Cache-Control', 'no-store');
    return body;
  }
}

function textOf(name: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw badParameter(name, 'It must be given once.');
}
