import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, HttpStatus, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { messageOf, TransientError } from '../core/errors';
import { type ProblemDetails, PROBLEM_JSON, ProblemException, problemType } from './problem-details';

const RETRY_AFTER_S = 1;

/** Turns whatever a controller throws into `application/problem+json`; no stack leaves the process. */
@Catch()
export class ProblemDetailsFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(thrown: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw thrown;
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const problem = problemOf(thrown);
    if (problem.status >= 500 && !(thrown instanceof TransientError)) {
      this.logger.error({ event: 'http.failed', path: request.path, reason: messageOf(thrown) }, stackOf(thrown));
    }
    if (response.headersSent) {
      response.end();
      return;
    }
    if (problem.status === 503 && !response.hasHeader('Retry-After')) response.setHeader('Retry-After', RETRY_AFTER_S);
    response
      .status(problem.status)
      .type(PROBLEM_JSON)
      .send(JSON.stringify({ ...problem, instance: problem.instance ?? request.originalUrl }));
  }
}

export function problemOf(thrown: unknown): ProblemDetails {
  if (thrown instanceof ProblemException) return thrown.problem;
  if (thrown instanceof TransientError) return dependencyAway(thrown);
  if (thrown instanceof HttpException) return ofHttpException(thrown);
  return ofRequestError(thrown) ?? unexpected();
}

function dependencyAway(error: TransientError): ProblemDetails {
  return {
    type: problemType('dependency-away'),
    title: 'A server that this answer needs is away',
    status: HttpStatus.SERVICE_UNAVAILABLE,
    detail: error.message,
  };
}

function ofHttpException(error: HttpException): ProblemDetails {
  const status = error.getStatus();
  const body = error.getResponse();
  const own = typeof body === 'object' && 'title' in body ? (body as Partial<ProblemDetails>) : {};
  return { type: 'about:blank', title: titleOf(status), detail: error.message, ...own, status };
}

/** What Express's body parsers throw: `http-errors` with `expose` for what the client may know. */
function ofRequestError(thrown: unknown): ProblemDetails | undefined {
  if (!(thrown instanceof Error) || !('status' in thrown) || !('expose' in thrown)) return undefined;
  const { status, expose, message } = thrown;
  if (typeof status !== 'number' || status < 400 || expose !== true) return undefined;
  return { type: 'about:blank', title: titleOf(status), status, detail: message };
}

function unexpected(): ProblemDetails {
  return {
    type: problemType('unexpected'),
    title: titleOf(HttpStatus.INTERNAL_SERVER_ERROR),
    status: HttpStatus.INTERNAL_SERVER_ERROR,
    detail: "The request failed in a way that was not foreseen; the service's log has the reason (event http.failed).",
  };
}

function titleOf(status: number): string {
  const name = HttpStatus[status] ?? `Status ${status}`;
  return name.charAt(0) + name.slice(1).toLowerCase().replaceAll('_', ' ');
}

function stackOf(thrown: unknown): string | undefined {
  return thrown instanceof Error ? thrown.stack : undefined;
}
