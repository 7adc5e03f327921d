import { HttpStatus } from '@nestjs/common';
import type { Request } from 'express';
import { ProblemException, problemType } from './problem-details';

/**
 * The body as text, whatever its content type says. A body that a parser has already consumed comes from `rawBody`
 * where the application keeps it, and otherwise loses its line breaks. Throws a 413.
 */
export async function requestText(request: Request & { rawBody?: Buffer }, maxBytes: number): Promise<string> {
  if (request.rawBody) return request.rawBody.toString();
  if (request.readableEnded || request.readableDidRead) return JSON.stringify(request.body, null, 2);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function tooLarge(maxBytes: number): ProblemException {
  return new ProblemException({
    type: problemType('too-large'),
    title: 'The body is too large',
    status: HttpStatus.PAYLOAD_TOO_LARGE,
    detail: `At most ${maxBytes} bytes are read.`,
  });
}
