import type { JsonValue } from '../core/json';
import type { MillraceConfig } from './config';

export const MASK = '***';

const SECRET_FIELDS = new Set(['password', 'key', 'passphrase', 'apiKeys']);

/** The password of an address hidden; also of addresses with several hosts, which `URL` does not read. */
export function maskUrl(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/[^:@/]*):.*@/i, `$1:${MASK}@`);
}

/** The configuration as it may be printed and logged: secrets hidden, also inside addresses. */
export function maskedConfig(config: MillraceConfig): JsonValue {
  return masked(config) as JsonValue;
}

function masked(value: unknown): unknown {
  if (typeof value === 'string') return maskUrl(value);
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value ?? null;
  const entries = value instanceof Map ? [...(value as Map<string, unknown>)] : Object.entries(value);
  return Object.fromEntries(
    entries.map(([name, inner]) => [name, SECRET_FIELDS.has(name) ? hidden(inner) : masked(inner)]),
  );
}

function hidden(value: unknown): unknown {
  if (Array.isArray(value)) return `${value.length} hidden`;
  return value === undefined ? null : MASK;
}
