import { HttpStatus } from '@nestjs/common';
import { ProblemException, problemType } from '../api/problem-details';
import type { Scope } from '../config/api-keys';
import type { Denial } from './access';

const SEND = 'Send one of the keys of MILLRACE_API_KEYS as "Authorization: Bearer <key>" or "X-Api-Key: <key>".';

/** The answer to who is not let in: 401 where a key would help, else 403. */
export function denialProblem(denial: Denial, scope: Scope): ProblemException {
  switch (denial) {
    case 'no-key':
      return problem('api-key', HttpStatus.UNAUTHORIZED, 'An API key is needed', SEND);
    case 'unknown-key':
      return problem('api-key', HttpStatus.UNAUTHORIZED, 'The API key is not known', SEND);
    case 'missing-scope':
      return problem('scope', HttpStatus.FORBIDDEN, 'The API key does not allow this', missingScope(scope));
    case 'not-local':
      return problem('no-api-keys', HttpStatus.FORBIDDEN, 'The service has no API keys', NOT_LOCAL);
    case 'other-origin':
      return problem('origin', HttpStatus.FORBIDDEN, 'Pages of this origin may not ask', OTHER_ORIGIN);
  }
}

const NOT_LOCAL =
  'Without keys it answers only programs of its own machine. Give it keys in MILLRACE_API_KEYS_FILE, or set ' +
  'MILLRACE_AUTH=none where something before it checks who calls.';
const OTHER_ORIGIN =
  'The page comes from another origin than the service. MILLRACE_HTTP_ORIGINS names other origins that may ask.';

function missingScope(scope: Scope): string {
  return `This needs the scope "${scope}": send a key that has it, or add it to this key in MILLRACE_API_KEYS_FILE.`;
}

function problem(type: string, status: HttpStatus, title: string, detail: string): ProblemException {
  return new ProblemException({ type: problemType(type), title, status, detail });
}
