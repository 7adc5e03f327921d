import { messageOf } from '../../core/errors';
import type { Clock } from '../../core/ports/clock.port';
import { FailedPoll } from './failed-poll';
import { upstreamAllowsAtMs } from './upstream-limits';

export interface HttpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  /** 304: the upstream has nothing newer. */
  readonly isUnchanged: boolean;
  readonly bytes: Buffer;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** When the upstream wants to be asked again, epoch ms; 0 when it says nothing. */
  readonly notBeforeMs: number;
}

const SHOWN_CHARACTERS = 80;

/**
 * One GET with a deadline for all of it and a bound of its size, by Node's own fetch. Throws FailedPoll for whatever is no
 * whole answer; its message names the address without its query, which may hold a key.
 */
export async function httpGet(request: HttpRequest, clock: Clock): Promise<HttpAnswer> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  const signal = AbortSignal.any([deadline, request.signal]);
  try {
    const response = await fetch(request.url, { headers: request.headers, signal });
    return await answerOf(response, request, clock);
  } catch (thrown) {
    if (thrown instanceof FailedPoll) throw thrown;
    if (deadline.aborted) {
      throw new FailedPoll('timeout', `${shown(request.url)} gave no whole answer within ${request.timeoutMs} ms`);
    }
    throw new FailedPoll('unreachable', `${shown(request.url)}: ${causeOf(thrown)}`);
  }
}

async function answerOf(response: Response, request: HttpRequest, clock: Clock): Promise<HttpAnswer> {
  const headers = Object.fromEntries(response.headers.entries());
  const notBeforeMs = upstreamAllowsAtMs(headers, clock.now());
  const isUnchanged = response.status === 304;
  if (!response.ok && !isUnchanged) {
    await response.body?.cancel();
    throw statusFault(response, request.url, notBeforeMs);
  }
  const bytes = isUnchanged ? Buffer.alloc(0) : await bodyOf(response, request);
  return { isUnchanged, bytes, headers, notBeforeMs };
}

function statusFault({ status, statusText }: Response, url: string, notBeforeMs: number): FailedPoll {
  const message = `${shown(url)} answered ${status} ${statusText}`.trimEnd();
  if (status === 429) return new FailedPoll('rate-limited', message, notBeforeMs);
  return new FailedPoll(status >= 500 ? 'server-error' : 'refused', message, notBeforeMs);
}

async function bodyOf(response: Response, { url, maxBytes }: HttpRequest): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new FailedPoll('too-large', `${shown(url)} answered with more than ${maxBytes} bytes (maxBytes)`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** An address as messages show it: neither user nor query. */
export function shown(address: string): string {
  const { origin, pathname } = new URL(address);
  return origin + pathname;
}

/** The beginning of a body that is not what was expected, on one line. */
export function beginningOf(bytes: Buffer): string {
  const text = bytes
    .subarray(0, 4 * SHOWN_CHARACTERS)
    .toString()
    .replace(/\s+/g, ' ');
  return JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
}

/** fetch says "fetch failed" and puts the reason into its cause. */
function causeOf(thrown: unknown): string {
  const { cause = thrown } = thrown as { readonly cause?: unknown };
  return messageOf(cause) || (cause as { code?: string }).code || 'it cannot be reached';
}
