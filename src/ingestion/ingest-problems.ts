import { HttpException, HttpStatus } from '@nestjs/common';

/** What is wrong with one record of a request. */
export interface RecordFault {
  /** Counted from 0, in the order of the request. */
  readonly index: number;
  readonly detail: string;
}

const MAX_LISTED = 20;

export function problem(
  status: HttpStatus,
  name: string,
  body: { title: string; detail: string; [extra: string]: unknown },
) {
  return new HttpException({ type: `urn:millrace:problem:${name}`, status, ...body }, status);
}

export function unknownTopic(topic: string, known: readonly string[]): HttpException {
  return problem(HttpStatus.NOT_FOUND, 'unknown-topic', {
    title: 'No pipeline reads this topic',
    detail: `No pipeline has "${topic}" as its source. ${known.length ? `Source topics: ${known.join(', ')}.` : 'No pipeline is defined.'}`,
    known,
  });
}

export function notUnderstood(detail: string): HttpException {
  return problem(HttpStatus.BAD_REQUEST, 'not-understood', { title: 'The body cannot be read', detail });
}

export function wrongContentType(given: string): HttpException {
  return problem(HttpStatus.UNSUPPORTED_MEDIA_TYPE, 'content-type', {
    title: 'The content type is not supported',
    detail: `"${given}" was given; send application/json (one record or an array) or application/x-ndjson (one record a line).`,
  });
}

export function bodyTooLarge(detail: string): HttpException {
  return problem(HttpStatus.PAYLOAD_TOO_LARGE, 'too-large', { title: 'The request is too large', detail });
}

/** Nothing of the request was stored. */
export function badRecords(faults: readonly RecordFault[]): HttpException {
  return problem(HttpStatus.UNPROCESSABLE_ENTITY, 'bad-records', {
    title: 'Records that the pipeline could not process',
    detail: `${faults.length} of the records cannot be processed; none was stored. First: record ${faults[0]!.index}: ${faults[0]!.detail}`,
    records: faults.slice(0, MAX_LISTED),
  });
}

/** Nothing can be put into the topic before that is mended. */
export function noSchema(detail: string): HttpException {
  return problem(HttpStatus.CONFLICT, 'no-schema', { title: 'The topic has no schema to write by', detail });
}

export function tooManyRecords(limit: string): HttpException {
  return problem(HttpStatus.TOO_MANY_REQUESTS, 'rate-limit', {
    title: 'Too many records',
    detail: 'The limit of records a second is used up; send again after the time in Retry-After.',
    'violated-policies': [limit],
  });
}

export function badIdempotencyKey(): HttpException {
  return problem(HttpStatus.BAD_REQUEST, 'idempotency-key', {
    title: 'The Idempotency-Key is not usable',
    detail: 'It must have 1 to 200 printable ASCII characters.',
  });
}

export function keyOfAnotherRequest(): HttpException {
  return problem(HttpStatus.UNPROCESSABLE_ENTITY, 'idempotency-key-reused', {
    title: 'The Idempotency-Key belongs to another request',
    detail: 'A request with this key and another body was received before; use a new key for each request.',
  });
}

export function stillRunning(): HttpException {
  return problem(HttpStatus.CONFLICT, 'idempotency-key-running', {
    title: 'The request with this Idempotency-Key is being carried out',
    detail: 'Send it again after the time in Retry-After to get its answer.',
  });
}
