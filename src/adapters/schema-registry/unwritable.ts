import { displayed, kindOf } from '../../core/decoding/displayed';
import { PoisonRecordError } from '../../core/errors';

/** A value that its schema cannot hold, and where it is in the record. */
export class Unwritable extends Error {
  override readonly name = 'Unwritable';
  private path: string[] = [];

  /** Runs `convert`; what it refuses lies at `name`. */
  static at<T>(name: string, convert: () => T): T {
    try {
      return convert();
    } catch (error) {
      if (error instanceof Unwritable) error.path = [name, ...error.path];
      throw error;
    }
  }

  /** For whoever sent the record. */
  asPoison(): PoisonRecordError {
    const where = this.path.length === 0 ? 'the value' : `field "${this.path.join('.')}"`;
    return new PoisonRecordError('bad-value', `${where} ${this.message}`);
  }
}

/** Throws Unwritable: `value` is not what is `wanted`. */
export function refuse(value: unknown, wanted: string): never {
  if (value === undefined) throw new Unwritable(`is missing; ${wanted} is needed`);
  const shown = typeof value === 'object' ? kindOf(value) : displayed(value);
  throw new Unwritable(`is ${shown}; ${wanted} is needed`);
}

/** Throws Unwritable for what is no object. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  return refuse(value, 'an object');
}
