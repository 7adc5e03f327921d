import { createHash } from 'node:crypto';
import type { Response } from 'express';
import type { IdempotencyState, IdempotencyStore } from '../core/ports/idempotency-store.port';
import { badIdempotencyKey, keyOfAnotherRequest, stillRunning } from './ingest-problems';

const PRINTABLE = /^[\x21-\x7e]{1,200}$/;
const RUNNING_RETRY_S = 1;

/** A request that its sender may repeat. */
export interface RepeatableRequest {
  /** What the key is for: the same key of two scopes is two keys. */
  readonly scope: string;
  readonly key: string;
  readonly body: Buffer;
  readonly response: Response;
}

/**
 * Carries a request out once for each key. When it fails the key is given back: what the broker has stored of it, if
 * its answer was lost on the way, is stored again by the repetition. Throws a 400, 409 or 422.
 */
export async function once<Answer>(
  { scope, key, body, response }: RepeatableRequest,
  store: IdempotencyStore,
  carryOut: () => Promise<Answer>,
): Promise<Answer> {
  if (!PRINTABLE.test(key)) throw badIdempotencyKey();
  const storeKey = digest(`${scope}\n${key}`);
  const fingerprint = digest(body);
  const known = await store.begin(storeKey, fingerprint);
  if (known.state !== 'new') return earlierAnswer<Answer>(known, fingerprint, response);
  const answer = await carryOut().catch(async (thrown: unknown) => {
    // A key that cannot be given back lapses by itself; why the request failed matters more.
    await store.release(storeKey).catch(() => undefined);
    throw thrown;
  });
  // The records are stored: a 503 now would only make the client store them again.
  await store.complete(storeKey, fingerprint, JSON.stringify(answer)).catch(() => undefined);
  return answer;
}

type Known = Exclude<IdempotencyState, { state: 'new' }>;

function earlierAnswer<Answer>(known: Known, fingerprint: string, response: Response): Answer {
  if (known.fingerprint !== fingerprint) throw keyOfAnotherRequest();
  if (known.state === 'done') {
    response.setHeader('Idempotency-Replayed', 'true');
    return JSON.parse(known.answer) as Answer;
  }
  response.setHeader('Retry-After', RUNNING_RETRY_S);
  throw stillRunning();
}

function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
