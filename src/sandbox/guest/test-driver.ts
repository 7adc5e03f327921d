import { ConfigError } from '../../core/errors';

/** Stands for `testing/test-driver` in the sandbox. */
export class TestDriver {
  constructor() {
    throw new ConfigError('TestDriver is not there in the sandbox: run tests by node itself, outside the service');
  }
}
