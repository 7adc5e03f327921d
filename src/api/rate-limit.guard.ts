import { createHash } from 'node:crypto';
import { type CanActivate, type ExecutionContext, HttpStatus } from '@nestjs/common';
import type { Request, Response } from 'express';
import { givenKey } from '../access/given-key';
import type { RateLimiter } from '../core/ports/rate-limiter.port';
import type { RateLimit } from '../core/rate-limits/rate-limit';
import { isOfApi } from './is-of-api';
import { ProblemException, problemType } from './problem-details';
import { rateLimitHeaders } from './rate-limit-headers';

const NAME = 'client';

/** Lets each client, by its API key or else its address, make so many requests to `/v1`, to all replicas together. */
export class RateLimitGuard implements CanActivate {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly limit: RateLimit,
    /** Whether keys are asked for: others would be new clients for the asking. */
    private readonly hasKeys = true,
  ) {}

  /** Throws a 429. */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http' || !isOfApi(context.getClass())) return true;
    const http = context.switchToHttp();
    const verdict = await this.limiter.take(`${NAME}:${this.clientOf(http.getRequest<Request>())}`, 1, this.limit);
    http.getResponse<Response>().set(rateLimitHeaders(NAME, this.limit, verdict));
    if (verdict.isAllowed) return true;
    throw tooManyRequests();
  }

  /** A key is not kept as it is. */
  private clientOf(request: Request): string {
    const key = this.hasKeys ? givenKey(request) : undefined;
    if (key === undefined) return request.ip ?? 'unknown';
    return createHash('sha256').update(key).digest('base64url');
  }
}

function tooManyRequests(): ProblemException {
  return new ProblemException({
    type: problemType('rate-limit'),
    title: 'Too many requests',
    status: HttpStatus.TOO_MANY_REQUESTS,
    detail: 'The limit MILLRACE_HTTP_LIMIT of this client is used up; ask again after the time in Retry-After.',
    'violated-policies': [NAME],
  });
}
