import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';
import { isOfApi } from '../api/is-of-api';
import { CHECKS_CALLERS } from '../config/checks-callers';
import type { Access } from './access';
import type { Audit } from './audit';
import { denialProblem } from './denial-problem';
import { scopeNeeded } from './needs';

/**
 * Lets requests to `/v1` through whose callers may make them, and has operations written to the audit log, refused ones
 * too. Health, metrics, the OpenAPI pages and the files of the page stay open. What is protected is told by the controller,
 * see `isOfApi`.
 */
export class AccessGuard implements CanActivate {
  constructor(
    private readonly access: Access,
    private readonly audit?: Audit,
  ) {}

  /** Throws a 401 or 403. */
  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http' || !isOfApi(context.getClass())) return true;
    if (Reflect.getMetadata(CHECKS_CALLERS, context.getClass()) === true) return true;
    const http = context.switchToHttp();
    const [request, response] = [http.getRequest<Request>(), http.getResponse<Response>()];
    const scope = scopeNeeded(context);
    if (scope === 'operate') {
      const [operation, who] = [context.getHandler().name, this.access.nameOf(request)];
      this.audit?.follow({ request, response, operation, who });
    }
    const admitted = this.access.admit(request, scope);
    if (typeof admitted !== 'string') return true;
    const problem = denialProblem(admitted, scope);
    if (problem.getStatus() === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="millrace"');
    throw problem;
  }
}
