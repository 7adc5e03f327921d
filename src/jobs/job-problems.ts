import { HttpStatus } from '@nestjs/common';
import { ProblemException, problemType } from '../api/problem-details';
import type { JobState } from '../core/ports/work-queue.port';

export function unknownJob(id: string): ProblemException {
  return new ProblemException({
    type: problemType('unknown-job'),
    title: 'There is no such job',
    status: HttpStatus.NOT_FOUND,
    detail: `No job is called "${id}"; jobs are forgotten a week after they are done. GET /v1/jobs lists those there are.`,
  });
}

export function queueFull(detail: string): ProblemException {
  return new ProblemException({
    type: problemType('queue-full'),
    title: 'Too many jobs wait',
    status: HttpStatus.SERVICE_UNAVAILABLE,
    detail: `${detail}. Ask again when some are done.`,
  });
}

export function noExports(): ProblemException {
  return new ProblemException({
    type: problemType('no-exports'),
    title: 'Exports are off',
    status: HttpStatus.CONFLICT,
    detail: 'Set MILLRACE_EXPORTS to a folder that the service may write to.',
  });
}

export function notDead(id: string, state: JobState): ProblemException {
  return new ProblemException({
    type: problemType('job-not-dead'),
    title: 'The job did not fail for good',
    status: HttpStatus.CONFLICT,
    detail: `Job "${id}" is ${state}; only jobs that are failed are begun anew.`,
  });
}

export function noFile(id: string, detail: string): ProblemException {
  return new ProblemException({
    type: problemType('no-file'),
    title: 'The file of the job is not here',
    status: HttpStatus.NOT_FOUND,
    detail: `Job "${id}": ${detail}`,
  });
}
