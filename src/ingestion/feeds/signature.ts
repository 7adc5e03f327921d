import { createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookDefinition } from '../../core/feeds/feed-source-definition';

/**
 * Whether `given` is the HMAC (RFC 2104) of the body under the shared secret, written as the definition says. Takes as long
 * for one that is nearly right as for any other.
 */
export function isSignedBy(
  given: string | undefined,
  body: Buffer,
  { algorithm, secret, encoding, prefix }: WebhookDefinition['signature'],
): boolean {
  if (given === undefined || !given.startsWith(prefix)) return false;
  const expected = createHmac(algorithm, secret).update(body).digest();
  const actual = Buffer.from(given.slice(prefix.length).trim(), encoding);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}
