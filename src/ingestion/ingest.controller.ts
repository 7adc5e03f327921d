import { createHash } from 'node:crypto';
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
import { rateLimitHeaders } from '../api/rate-limit-headers';
import type { RateLimit } from '../core/rate-limits/rate-limit';
import { PORTS, type Ports } from '../runtime/ports';
import { HttpIngest } from './http-ingest';
import { INGEST_LIMIT } from './ingest-limit';
import { badIdempotencyKey, keyOfAnotherRequest, stillRunning, tooManyRecords } from './ingest-problems';
import { bodyOf, recordsOf } from './request-records';

interface IngestAnswer {
  readonly topic: string;
  readonly records: number;
  /** One for each record, in the order of the request. */
  readonly positions: readonly { readonly partition: number; readonly offset: string }[];
}

const PRINTABLE = /^[\x21-\x7e]{1,200}$/;
const RUNNING_RETRY_S = 1;
/** Of the records of all clients together. */
const LIMIT_NAME = 'ingest';

@ApiTags('ingest')
@Controller('v1/ingest')
export class IngestController {
  constructor(
    private readonly ingest: HttpIngest,
    @Inject(INGEST_LIMIT) private readonly limit: RateLimit,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  @Post(':topic')
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
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<IngestAnswer> {
    this.ingest.readersOf(topic);
    const body = await bodyOf(request);
    const carryOut = async () => this.storeBody(topic, await recordsOf(body, contentType), response);
    return key === undefined ? carryOut() : this.once({ topic, key, body }, response, carryOut);
  }

  private async storeBody(topic: string, values: readonly Uint8Array[], response: Response): Promise<IngestAnswer> {
    const verdict = await this.ports.rateLimiter.take(LIMIT_NAME, values.length, this.limit);
    response.set(rateLimitHeaders(LIMIT_NAME, this.limit, verdict));
    if (!verdict.isAllowed) throw tooManyRecords(LIMIT_NAME);
    const positions = await this.ingest.store(topic, values);
    return {
      topic,
      records: positions.length,
      positions: positions.map(({ partition, offset }) => ({ partition, offset: offset.toString() })),
    };
  }

  /**
   * Carries a request out once for each key. When it fails the key is given back: what the broker has stored of it, if
   * its answer was lost on the way, is stored again by the repetition.
   */
  private async once(
    { topic, key, body }: { topic: string; key: string; body: Buffer },
    response: Response,
    carryOut: () => Promise<IngestAnswer>,
  ): Promise<IngestAnswer> {
    if (!PRINTABLE.test(key)) throw badIdempotencyKey();
    const storeKey = digest(`${topic}\n${key}`);
    const fingerprint = digest(body);
    const known = await this.ports.idempotency.begin(storeKey, fingerprint);
    if (known.state !== 'new') return earlierAnswer(known, fingerprint, response);
    const answer = await carryOut().catch(async (thrown: unknown) => {
      // A key that cannot be given back lapses by itself; why the request failed matters more.
      await this.ports.idempotency.release(storeKey).catch(() => undefined);
      throw thrown;
    });
    // The records are stored: a 503 now would only make the client store them again.
    await this.ports.idempotency.complete(storeKey, fingerprint, JSON.stringify(answer)).catch(() => undefined);
    return answer;
  }
}

type Known = Exclude<Awaited<ReturnType<Ports['idempotency']['begin']>>, { state: 'new' }>;

function earlierAnswer(known: Known, fingerprint: string, response: Response): IngestAnswer {
  if (known.fingerprint !== fingerprint) throw keyOfAnotherRequest();
  if (known.state === 'done') {
    response.setHeader('Idempotency-Replayed', 'true');
    return JSON.parse(known.answer) as IngestAnswer;
  }
  response.setHeader('Retry-After', RUNNING_RETRY_S);
  throw stillRunning();
}

function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
