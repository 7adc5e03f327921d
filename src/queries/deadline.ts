import { HttpStatus } from '@nestjs/common';
import { ProblemException, problemType } from '../api/problem-details';

/** What `work` gives, if it does so in time; nothing is begun for who waits no more. Throws a 504. */
export async function withinDeadline<T>(leftMs: number, work: () => Promise<T>): Promise<T> {
  if (leftMs <= 0) throw tooLate();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(tooLate()), leftMs)));
  return Promise.race([work(), late]).finally(() => clearTimeout(timer));
}

function tooLate(): ProblemException {
  return new ProblemException({
    type: problemType('timeout'),
    title: 'The answer took too long',
    status: HttpStatus.GATEWAY_TIMEOUT,
    detail: 'It was not there within MILLRACE_QUERY_TIMEOUT of the question; ask again, for fewer rows if need be.',
  });
}
