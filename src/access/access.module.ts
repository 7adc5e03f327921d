import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { MillraceConfig } from '../config/config';
import type { Log } from '../core/ports/log.port';
import { Access } from './access';
import { AccessGuard } from './access.guard';
import { Audit } from './audit';
import { KeyFile } from './key-file';

export interface AccessParts {
  readonly log: Log;
  readonly auditLog: Log;
}

/** Who may call `/v1`: the guard of every controller, the keys and their file, and the audit log. */
@Module({})
export class AccessModule {
  static of({ apiKeys, access }: MillraceConfig, { log, auditLog }: AccessParts): DynamicModule {
    const callers = new Access({ ...access, keys: apiKeys });
    const { keysFile } = access;
    const use = callers.replaceKeys.bind(callers);
    return {
      module: AccessModule,
      global: true,
      providers: [
        { provide: Access, useValue: callers },
        { provide: APP_GUARD, useValue: new AccessGuard(callers, new Audit(auditLog)) },
        ...(keysFile === undefined ? [] : [keyFileProvider(new KeyFile({ path: keysFile, log, use }))]),
      ],
      exports: [Access],
    };
  }
}

/** Nest starts and stops it. */
function keyFileProvider(useValue: KeyFile): Provider {
  return { provide: KeyFile, useValue };
}
