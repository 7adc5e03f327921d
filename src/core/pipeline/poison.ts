import {
  ConfigError,
  FatalError,
  FencedError,
  messageOf,
  type PoisonReason,
  PoisonRecordError,
  TransientError,
} from '../errors';

/**
 * What to throw when working on a record's own values failed: errors that have a reaction stay what they are, whatever
 * else a value brought about (a stack that overflowed, a TypeError in the CEL library) is the record's fault, because one
 * record may never stop its task. `where` names the step in the message.
 */
export function poison(thrown: unknown, reason: PoisonReason, where: string): Error {
  return isTyped(thrown) ? thrown : new PoisonRecordError(reason, `${where}: ${messageOf(thrown)}`);
}

function isTyped(thrown: unknown): thrown is Error {
  return [PoisonRecordError, FatalError, FencedError, TransientError, ConfigError].some(
    (type) => thrown instanceof type,
  );
}
