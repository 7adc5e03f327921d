import { type ArgumentsHost, Catch, type ExceptionFilter, ServiceUnavailableException } from '@nestjs/common';
import type { Response } from 'express';

/** Terminus throws what is to be the body of a 503; it stays in terminus's shape, which probes and tools know. */
@Catch(ServiceUnavailableException)
export class HealthFilter implements ExceptionFilter {
  catch(thrown: ServiceUnavailableException, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    response.status(thrown.getStatus()).set('Cache-Control', 'no-store').json(thrown.getResponse());
  }
}
