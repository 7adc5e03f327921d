import { ConfigError } from '../../core/errors';

/** Stands for `builder/from-yaml` in the sandbox. */
export function fromYaml(): never {
  throw new ConfigError('fromYaml() is not there in the sandbox: put the YAML into the folder of MILLRACE_PIPELINES');
}
