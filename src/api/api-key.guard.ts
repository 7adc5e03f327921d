import { type CanActivate, type ExecutionContext, HttpStatus } from '@nestjs/common';
import type { Request, Response } from 'express';
import { ApiKeys } from './api-keys';
import { isOfApi } from './is-of-api';
import { CHECKS_CALLERS } from '../config/checks-callers';
import { ProblemException, problemType } from './problem-details';

const BEARER = /^Bearer +(\S+) *$/i;

/**
 * Lets requests to `/v1` through that carry one of the keys: `Authorization: Bearer <key>` or `X-Api-Key: <key>`.
 * Health, metrics, the OpenAPI pages and the files of the page stay open. What is protected is told by the controller,
 * see `isOfApi`.
 */
export class ApiKeyGuard implements CanActivate {
  private readonly keys: ApiKeys;

  constructor(keys: readonly string[]) {
    this.keys = new ApiKeys(keys);
  }

  /** Throws a 401. */
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http' || !isOfApi(context.getClass())) return true;
    if (Reflect.getMetadata(CHECKS_CALLERS, context.getClass()) === true) return true;
    const http = context.switchToHttp();
    const given = keyOf(http.getRequest<Request>());
    if (this.keys.letIn(given)) return true;
    http.getResponse<Response>().setHeader('WWW-Authenticate', 'Bearer realm="millrace"');
    throw noKey(given);
  }
}

/** The key that a request carries, known or not. */
export function keyOf(request: Request): string | undefined {
  return BEARER.exec(request.get('authorization') ?? '')?.[1] ?? request.get('x-api-key');
}

function noKey(given: string | undefined): ProblemException {
  return new ProblemException({
    type: problemType('api-key'),
    title: given === undefined ? 'An API key is needed' : 'The API key is not known',
    status: HttpStatus.UNAUTHORIZED,
    detail: 'Send one of the keys of MILLRACE_API_KEYS as "Authorization: Bearer <key>" or "X-Api-Key: <key>".',
  });
}
