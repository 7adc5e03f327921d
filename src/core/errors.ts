/**
 * Errors are typed by what the catcher must do, never matched by their text.
 *
 * | type              | reaction                                             |
 * |-------------------|------------------------------------------------------|
 * | TransientError    | retry with back-off; the task keeps its state         |
 * | FencedError       | drop the task: another owner holds a newer epoch      |
 * | PoisonRecordError | the record goes to the dead letters; the task goes on |
 * | ConfigError       | refuse the configuration, naming place and remedy     |
 * | FatalError        | stop this pipeline; the others go on                  |
 * | RecordTooLargeError | leave the record out, tell whoever sent it          |
 */
export class TransientError extends Error {
  override readonly name = 'TransientError';
}

export class FencedError extends Error {
  override readonly name = 'FencedError';
}

/** Why a record cannot be processed; a bounded set, because it labels a metric. */
export type PoisonReason =
  | 'not-decodable'
  | 'bad-time'
  | 'bad-key'
  | 'bad-value'
  | 'expression-failed'
  | 'too-large'
  | 'wrong-message-key'
  | 'lookup-missing'
  | 'schema-header'
  | 'schema-unknown'
  | 'schema-incompatible'
  | 'parking-full';

/** A message may quote the record, and goes with it through memory, headers and logs. */
const MAX_POISON_MESSAGE_LENGTH = 1_000;

export class PoisonRecordError extends Error {
  override readonly name = 'PoisonRecordError';

  constructor(
    readonly reason: PoisonReason,
    message: string,
  ) {
    super(message.slice(0, MAX_POISON_MESSAGE_LENGTH));
  }
}

/**
 * The log refuses a record for its size, and always will. Nothing after the part of the call that holds it was sent.
 * `positions[i]` is where record `i` of the same call was put, `undefined` if it was not: send only those again.
 */
export class RecordTooLargeError<Position = unknown> extends Error {
  override readonly name = 'RecordTooLargeError';

  constructor(
    readonly topic: string,
    /** Of the first record that was refused, in the order given to `send`. */
    readonly index: number,
    readonly bytes: number,
    readonly positions: readonly (Position | undefined)[],
  ) {
    super(`record ${index} has ${bytes} bytes, more than topic ${topic} takes`);
  }
}

/** The consumer is told to stop: what a batch still waits for is given up. Let it through, as one does a rebalance. */
export class DeliveryEndedError extends Error {
  override readonly name = 'DeliveryEndedError';

  constructor() {
    super('The consumer ends');
  }
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export class FatalError extends Error {
  override readonly name = 'FatalError';
}

/** The message of anything that was thrown, without its stack. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
