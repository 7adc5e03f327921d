import { Redis, type RedisOptions } from 'ioredis';

import { TransientError, messageOf } from '../../core/errors';

/** How long one command may take before it counts as failed, ms. */
const COMMAND_TIMEOUT_MS = 5_000;
const RECONNECT_MAX_MS = 2_000;

/**
 * Connects in the background and reconnects with back-off for ever. Commands fail at once while there is no
 * connection, because the callers have their own retries and must be able to say that Redis is away.
 */
export function connectRedis(url: string, options: RedisOptions = {}): Redis {
  const redis = new Redis(url, {
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), RECONNECT_MAX_MS),
    ...options,
  });
  // Each failed command rejects by itself; without a listener the same error would end the process.
  redis.on('error', () => undefined);
  return redis;
}

/** Runs a command and turns any failure of it into a TransientError that says what was tried. */
export async function attempt<T>(what: string, command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw new TransientError(`Redis did not ${what}: ${messageOf(error)}`, { cause: error });
  }
}

