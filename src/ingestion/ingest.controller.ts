import { Controller, Headers, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiConsumes,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Needs } from '../access/needs';
import { rateLimitHeaders } from '../api/rate-limit-headers';
import type { RateLimit } from '../core/rate-limits/rate-limit';
import { PORTS, type Ports } from '../runtime/ports';
import { HttpIngest } from './http-ingest';
import { INGEST_LIMIT, INGEST_LIMIT_NAME } from './ingest-limit';
import { tooManyRecords } from './ingest-problems';
import { once } from './once';
import { bodyOf, recordsOf } from './request-records';

interface IngestAnswer {
  readonly topic: string;
  readonly records: number;
  /** One for each record, in the order of the request. */
  readonly positions: readonly { readonly partition: number; readonly offset: string }[];
}

@ApiTags('ingest')
@Controller('v1/ingest')
export class IngestController {
  constructor(
    private readonly ingest: HttpIngest,
    @Inject(INGEST_LIMIT) private readonly limit: RateLimit,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  @Post(':topic')
  @Needs('ingest')
  @HttpCode(202)
  @ApiOperation({ summary: 'Stores one record, an array or NDJSON in the source topic of a pipeline: all or none' })
  @ApiParam({ name: 'topic', description: 'Source topic of a pipeline' })
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'The answer is kept for 24 hours under this key',
  })
  @ApiConsumes('application/json', 'application/x-ndjson')
  @ApiBody({ schema: { oneOf: [{ type: 'object' }, { type: 'array', items: { type: 'object' } }] } })
  @ApiAcceptedResponse({ description: 'The broker has the records: partition and offset of each' })
  @ApiResponse({ status: 404, description: 'No pipeline reads this topic' })
  @ApiResponse({ status: 409, description: 'The request with this Idempotency-Key is being carried out' })
  @ApiResponse({ status: 422, description: 'Records that the pipeline could not process, by index; none was stored' })
  @ApiResponse({ status: 429, description: 'Too many records; Retry-After says when, RateLimit how many would pass' })
  async store(
    @Param('topic') topic: string,
    @Headers('content-type') contentType: string | undefined,
    @Headers('idempotency-key') key: string | undefined,
    @Headers('traceparent') traceparent: string | undefined,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<IngestAnswer> {
    this.ingest.readersOf(topic);
    const body = await bodyOf(request);
    const carryOut = async () => this.storeBody({ topic, traceparent }, await recordsOf(body, contentType), response);
    return key === undefined
      ? carryOut()
      : once({ scope: topic, key, body, response }, this.ports.idempotency, carryOut);
  }

  private async storeBody(
    { topic, traceparent }: { readonly topic: string; readonly traceparent: string | undefined },
    values: readonly Uint8Array[],
    response: Response,
  ): Promise<IngestAnswer> {
    const verdict = await this.ports.rateLimiter.take(INGEST_LIMIT_NAME, values.length, this.limit);
    response.set(rateLimitHeaders(INGEST_LIMIT_NAME, this.limit, verdict));
    if (!verdict.isAllowed) throw tooManyRecords(INGEST_LIMIT_NAME);
    const positions = await this.ingest.store(topic, values, shortEnough(traceparent));
    return {
      topic,
      records: positions.length,
      positions: positions.map(({ partition, offset }) => ({ partition, offset: offset.toString() })),
    };
  }
}

/** The header has 55 characters, in later versions some more; what is longer is none. */
function shortEnough(traceparent: string | undefined): string | undefined {
  return traceparent !== undefined && traceparent.length <= 128 ? traceparent : undefined;
}
