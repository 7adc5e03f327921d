import { messageOf } from '../../core/errors';
import { tlsRemedy } from '../../core/tls-remedy';

/** What an operator does about a refusal, by the word that the server's message begins with. */
const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['NOAUTH', 'set MILLRACE_REDIS_PASSWORD, and MILLRACE_REDIS_USERNAME unless the default user is meant'],
  [
    'WRONGPASS',
    'set the user and the password that the server knows: MILLRACE_REDIS_USERNAME, MILLRACE_REDIS_PASSWORD',
  ],
  ['NOPERM', 'give the user the rights that docs/security.md lists for Redis (ACL SETUSER), or set another user'],
]);

/** What an operator does about a failure that asking again will not mend; `undefined` for the others. */
export function redisRemedy(thrown: unknown): string | undefined {
  const error = reasonOf(thrown);
  return REMEDIES.get(messageOf(error).split(' ', 1)[0] ?? '') ?? tlsRemedy(error, 'MILLRACE_REDIS_SSL');
}

/** A cluster of which no node answers tells of the one that it asked last. */
function reasonOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'lastNodeError' in thrown ? thrown.lastNodeError : thrown;
}
