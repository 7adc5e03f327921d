import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import type { MillraceConfig } from '../config/config';
import type { Log } from '../core/ports/log.port';
import { Access } from './access';
import { KeyFile } from './key-file';

/** Who may call `/v1`, with the keys and their file. */
@Module({})
export class AccessModule {
  static of({ apiKeys, access }: MillraceConfig, log: Log): DynamicModule {
    const callers = new Access({ ...access, keys: apiKeys });
    const { keysFile } = access;
    const use = callers.replaceKeys.bind(callers);
    return {
      module: AccessModule,
      global: true,
      providers: [
        { provide: Access, useValue: callers },
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
