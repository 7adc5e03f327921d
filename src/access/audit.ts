import type { Request, Response } from 'express';
import type { Log } from '../core/ports/log.port';

const MOST_SIGNS = 500;

/** What a handler tells of an operation beyond its path. */
const notes = new WeakMap<Request, Readonly<Record<string, unknown>>>();

/** Adds to the audit line of a request, such as the pipeline that its body names. Never personal fields or secrets. */
export function noteForAudit(request: Request, note: Readonly<Record<string, unknown>>): void {
  notes.set(request, note);
}

export interface AuditedRequest {
  readonly request: Request;
  readonly response: Response;
  /** The handler's name, such as `rebuild`. */
  readonly operation: string;
  /** The name of the key, `local` or `anyone`; `undefined` for one who is not known. */
  readonly who: string | undefined;
}

/** Writes a line `audit` for each request that changes what runs, once it is answered. Keys are in none. */
export class Audit {
  constructor(private readonly log: Log) {}

  follow({ request, response, operation, who }: AuditedRequest): void {
    response.once('close', () => {
      const status = response.writableFinished ? response.statusCode : undefined;
      const result = resultOf(status);
      const { method, params } = request;
      const path = shortened(request.originalUrl);
      const fields = {
        ...{ event: 'audit', who, from: request.socket.remoteAddress, forwardedFor: forwarded(request) },
        ...{ operation, method, path, on: { ...params, ...notes.get(request) }, status, result },
      };
      this.log.info(fields, `${who ?? 'Somebody unknown'}: ${operation} is ${result}`);
    });
  }
}

/** `undefined` is the status of a request that went away before its answer. */
function resultOf(status: number | undefined): 'done' | 'refused' | 'failed' | 'unanswered' {
  if (status === undefined) return 'unanswered';
  if (status < 400) return 'done';
  return status < 500 ? 'refused' : 'failed';
}

/** As the client or a proxy says it, unproven. */
function forwarded(request: Request): string | undefined {
  const said = request.get('x-forwarded-for');
  return said === undefined ? undefined : shortened(said);
}

function shortened(text: string): string {
  return text.slice(0, MOST_SIGNS);
}
