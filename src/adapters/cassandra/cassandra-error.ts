import { errors, types } from 'cassandra-driver';
import { ConfigError, FatalError, messageOf, TransientError } from '../../core/errors';
import { tlsRemedy } from '../../core/tls-remedy';

const { responseErrorCodes: code } = types;

/** What an operator does about an answer that trying again will not change, by the protocol's error code. */
const REMEDIES: ReadonlyMap<number, string> = new Map([
  [code.syntaxError, 'the server does not know this statement: check that it is Cassandra 4.0 or later'],
  [
    code.unauthorized,
    'grant the role what the message names (docs/security.md lists what Millrace needs), or set another user',
  ],
  [
    code.badCredentials,
    'set the right user name and password: MILLRACE_CASSANDRA_USERNAME, MILLRACE_CASSANDRA_PASSWORD',
  ],
  [code.invalid, 'compare the tables with what `millrace ddl` prints for the pipeline'],
  [code.configError, 'correct the keyspace or table options, such as the replication'],
  [code.alreadyExists, 'drop it or rename the new one'],
  [code.functionFailure, 'correct the function on the server'],
]);

/**
 * What the driver threw, typed by what the catcher must do. `doing` says what was tried, e.g. `writing to aqdata.pm25`.
 *
 * Time-outs, unreachable or overloaded servers and missing replicas are TransientError; a missing table, wrong
 * statements, credentials or permissions are FatalError with a remedy; a wrong data centre is ConfigError.
 */
export function cassandraError(thrown: unknown, doing: string): Error {
  if (thrown instanceof TransientError || thrown instanceof FatalError || thrown instanceof ConfigError) return thrown;
  const cause = { cause: thrown };
  const message = `${doing}: ${messageOf(thrown)}`;
  if (thrown instanceof errors.ResponseError) {
    const remedy = REMEDIES.get(thrown.code);
    return remedy ? new FatalError(`${message}; ${remedy}`, cause) : new TransientError(message, cause);
  }
  if (thrown instanceof errors.AuthenticationError) {
    return new FatalError(`${message}; ${REMEDIES.get(code.badCredentials)}`, cause);
  }
  if (thrown instanceof errors.NoHostAvailableError) return noHostError(thrown, doing);
  if (thrown instanceof errors.ArgumentError) {
    return new ConfigError(`${message}; check the Cassandra data centre and contact points`, cause);
  }
  if (thrown instanceof TypeError || thrown instanceof RangeError) return new FatalError(message, cause);
  return new TransientError(message, cause);
}

/** Every host was tried: only what all of them said will not change by trying again. */
function noHostError(thrown: errors.NoHostAvailableError, doing: string): Error {
  const answers = Object.entries((thrown.innerErrors ?? {}) as Readonly<Record<string, unknown>>);
  const typed = answers.map(([host, answer]) => cassandraError(answer ?? 'no answer', `${doing} at ${host}`));
  const [first] = typed;
  if (first && typed.every((error) => !(error instanceof TransientError))) return first;
  const told = answers.map(([host, answer]) => `${host} (${messageOf(answer ?? 'no answer')})`).join(', ');
  const none = thrown.innerErrors ? 'no Cassandra host is known to be up' : messageOf(thrown);
  const text = told ? `no Cassandra host answered: ${told}` : none;
  const [remedy] = answers.flatMap(([, answer]) => tlsRemedy(answer, 'MILLRACE_CASSANDRA_SSL') ?? []);
  return new TransientError(`${doing}: ${text}${remedy === undefined ? '' : `; ${remedy}`}`, { cause: thrown });
}
