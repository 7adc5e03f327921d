import { ConfigError } from '../../core/errors';

/** Stands for `builder/compile-model` in the sandbox: whoever runs a pipeline compiles it, outside. */
export function compileModel(): never {
  throw new ConfigError(
    'build() is not there in the sandbox: the service and the commands compile what a module exports',
  );
}
