import { HttpException, HttpStatus } from '@nestjs/common';

/** The body of an error answer, RFC 9457. `type` names the kind of problem for programs, `detail` says what would be right. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance?: string;
  readonly [extension: string]: unknown;
}

export const PROBLEM_JSON = 'application/problem+json';

/** Thrown by controllers; {@link ProblemDetailsFilter} adds `instance`. */
export class ProblemException extends HttpException {
  constructor(readonly problem: ProblemDetails) {
    super(problem, problem.status);
  }
}

export function problemType(name: string): string {
  return `urn:millrace:problem:${name}`;
}

/** 400: `parameter` is wrong; `detail` says what would be right. */
export function badParameter(parameter: string, detail: string): ProblemException {
  return new ProblemException({
    type: problemType('bad-parameter'),
    title: `The parameter "${parameter}" is not usable`,
    status: HttpStatus.BAD_REQUEST,
    detail,
    parameter,
  });
}

export function unknownPipeline(name: string, known: readonly string[]): ProblemException {
  return new ProblemException({
    type: problemType('unknown-pipeline'),
    title: 'There is no such pipeline',
    status: HttpStatus.NOT_FOUND,
    detail: `No pipeline is called "${name}". ${known.length ? `Known ones: ${known.join(', ')}.` : 'None is defined.'}`,
    known,
  });
}

/** The pipeline runs, but its definition asks for no live feed, so there is nothing to follow. */
export function notLive(name: string): ProblemException {
  return new ProblemException({
    type: problemType('not-live'),
    title: 'The pipeline has no live feed',
    status: HttpStatus.CONFLICT,
    detail: `Add "- live: {}" to the sinks of "${name}" to follow its rows; GET rows answers without it.`,
  });
}

/** The pipeline exists, but its definition was refused, so there is nothing to read from it. */
export function refusedPipeline(name: string): ProblemException {
  return new ProblemException({
    type: problemType('refused-pipeline'),
    title: 'The pipeline does not run',
    status: HttpStatus.CONFLICT,
    detail: `The definition of "${name}" was refused at start; GET /v1/pipelines/${encodeURIComponent(name)} lists its problems.`,
  });
}
