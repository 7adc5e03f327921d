import { HttpStatus } from '@nestjs/common';
import { problem } from '../ingest-problems';

export function unknownWebhook(name: string, known: readonly string[]) {
  return problem(HttpStatus.NOT_FOUND, 'unknown-feed', {
    title: 'No feed of this name takes deliveries',
    detail: `There is no enabled webhook feed "${name}". ${known.length > 0 ? `Webhooks: ${known.join(', ')}.` : 'None is defined.'}`,
    known,
  });
}

export function badSignature(header: string) {
  return problem(HttpStatus.UNAUTHORIZED, 'signature', {
    title: 'The signature is missing or wrong',
    detail: `The header ${header} must hold the HMAC of the body under the secret of the feed.`,
  });
}
