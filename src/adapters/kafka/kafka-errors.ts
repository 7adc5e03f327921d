import { FatalError, messageOf, TransientError } from '../../core/errors';
import { tlsRemedy } from '../../core/tls-remedy';

/** The user lacks a right. */
const UNAUTHORIZED = ['TOPIC', 'CLUSTER', 'GROUP', 'TRANSACTIONAL_ID'].map((what) => `${what}_AUTHORIZATION_FAILED`);

/** Refusals that sending again cannot mend; the rest of Kafka's are worth another try. */
const FATAL = new Set([
  ...UNAUTHORIZED,
  'INVALID_TRANSACTION_TIMEOUT',
  'INVALID_TIMESTAMP',
  'INVALID_RECORD',
  'INVALID_TOPIC_EXCEPTION',
  'INVALID_REPLICATION_FACTOR',
  'INVALID_CONFIG',
  'POLICY_VIOLATION',
  'SASL_AUTHENTICATION_FAILED',
]);

/** What an operator does about a refusal. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  [
    'SASL_AUTHENTICATION_FAILED',
    'set the user, password and mechanism that the brokers know: MILLRACE_KAFKA_SASL_USERNAME, _SASL_PASSWORD, _SASL_MECHANISM',
  ],
  ...UNAUTHORIZED.map((type): [string, string] => [
    type,
    'give the user the rights that docs/security.md lists for Kafka (kafka-acls --add), or set another user',
  ]),
]);

/** The protocol's name of an error, looked for through kafkajs's wrappers; `undefined` for errors of the connection. */
export function kafkaErrorType(thrown: unknown): string | undefined {
  for (let error: unknown = thrown; error instanceof Error; error = error.cause) {
    if ('type' in error && typeof error.type === 'string') return error.type;
    if (error.name === 'KafkaJSSASLAuthenticationError') return 'SASL_AUTHENTICATION_FAILED';
    const inner = 'errors' in error && Array.isArray(error.errors) ? (error.errors[0] as unknown) : undefined;
    if (inner !== undefined) return kafkaErrorType(inner);
  }
  return undefined;
}

/** Whether the brokers refused because this user lacks a right. */
export function isUnauthorized(thrown: unknown): boolean {
  return UNAUTHORIZED.includes(kafkaErrorType(thrown) ?? '');
}

/** What kafkajs threw while doing `what`, typed by what the catcher must do; it says how to mend it where trying again will not. */
export function asKafkaError(thrown: unknown, what: string): TransientError | FatalError {
  if (thrown instanceof TransientError || thrown instanceof FatalError) return thrown;
  const type = kafkaErrorType(thrown);
  const remedy = type === undefined ? tlsRemedy(thrown, 'MILLRACE_KAFKA_SSL') : REMEDIES.get(type);
  const parts = [
    `${what}: ${messageOf(thrown)}`,
    type === undefined ? '' : ` (${type})`,
    remedy === undefined ? '' : `; ${remedy}`,
  ];
  const text = parts.join('');
  const options = { cause: thrown };
  return type !== undefined && FATAL.has(type) ? new FatalError(text, options) : new TransientError(text, options);
}
