import type { NestExpressApplication } from '@nestjs/platform-express';
import type { MillraceConfig } from '../config/config';
import type { Log } from '../core/ports/log.port';
import { allowOrigins } from './cross-origin';
import { securityHeaders } from './security-headers';

/** What every answer tells browsers, before anything else answers; and a warning where nobody needs a key. */
export function setupAccess(app: NestExpressApplication, { access, mode }: MillraceConfig, log: Log): void {
  app.disable('x-powered-by');
  app.use(securityHeaders);
  allowOrigins(app, access.origins);
  if (mode === 'embedded' || access.policy === 'keys') return;
  const who =
    access.policy === 'local'
      ? 'answers programs of this machine alone: give it keys in MILLRACE_API_KEYS_FILE for others'
      : 'lets everyone do everything: keep it behind something that checks who calls';
  log.warn({ event: 'access.no-keys', policy: access.policy }, `Without API keys /v1 ${who} (docs/security.md)`);
}
