import { Controller, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { rateLimitHeaders } from '../../api/rate-limit-headers';
import { ChecksCallers } from '../../config/checks-callers';
import type { RateLimit } from '../../core/rate-limits/rate-limit';
import { PORTS, type Ports } from '../../runtime/ports';
import { INGEST_LIMIT, INGEST_LIMIT_NAME } from '../ingest-limit';
import { tooManyRecords } from '../ingest-problems';
import { once } from '../once';
import { bodyOf, recordsOf } from '../request-records';
import { isSignedBy } from './signature';
import { type DeliveryAnswer, type WebhookFeed, WebhookIngest } from './webhook-ingest';
import { badSignature } from './webhook-problems';

/** Deliveries of webhooks, known by the HMAC over their body. */
@ApiTags('feeds')
@ChecksCallers()
@Controller('v1/feeds')
export class WebhookController {
  constructor(
    private readonly ingest: WebhookIngest,
    @Inject(INGEST_LIMIT) private readonly limit: RateLimit,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  @Post(':name')
  @HttpCode(202)
  @ApiOperation({ summary: 'Takes a delivery of a webhook feed; what cannot be a record goes to the dead letters' })
  @ApiConsumes('application/json', 'application/x-ndjson')
  @ApiBody({ schema: { oneOf: [{ type: 'object' }, { type: 'array', items: { type: 'object' } }] } })
  @ApiAcceptedResponse({ description: 'The broker has the records: how many, and what became dead letters' })
  @ApiResponse({ status: 401, description: 'The signature is missing or wrong' })
  @ApiResponse({ status: 404, description: 'No webhook feed has this name' })
  @ApiResponse({ status: 409, description: 'The same delivery is being carried out' })
  @ApiResponse({ status: 429, description: 'Too many records; Retry-After says when' })
  async deliver(
    @Param('name') name: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DeliveryAnswer> {
    const webhook = this.ingest.webhook(name);
    const { signature, deliveryId } = webhook.source;
    const body = await bodyOf(request);
    if (!isSignedBy(request.get(signature.header), body, signature)) throw badSignature(signature.header);
    const carryOut = (): Promise<DeliveryAnswer> => this.store(webhook, body, request, response);
    const key = request.get(deliveryId);
    if (key === undefined) return carryOut();
    return once({ scope: `feed ${name}`, key, body, response }, this.ports.idempotency, carryOut);
  }

  private async store(webhook: WebhookFeed, body: Buffer, request: Request, response: Response) {
    const records = await recordsOf(body, request.get('content-type'));
    const verdict = await this.ports.rateLimiter.take(INGEST_LIMIT_NAME, records.length, this.limit);
    response.set(rateLimitHeaders(INGEST_LIMIT_NAME, this.limit, verdict));
    if (!verdict.isAllowed) throw tooManyRecords(INGEST_LIMIT_NAME);
    const isOne = records.length === 1 && records[0] === body;
    const items = records.map((record) => JSON.parse(Buffer.from(record).toString()) as unknown);
    return this.ingest.store(webhook, isOne ? items[0] : items, headersOf(request));
  }
}

/** Those with one value, by name in lower case. */
function headersOf({ headers }: Request): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
