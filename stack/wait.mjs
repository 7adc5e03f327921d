import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Resolves with the first truthy answer of `condition`, or with `undefined` at the deadline.
 * A condition that throws is asked again; an abort rejects.
 */
export async function until(condition, { deadlineMs, everyMs = 100, signal }) {
  const end = Date.now() + deadlineMs;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await Promise.resolve()
      .then(condition)
      .catch(() => undefined);
    if (answer) return answer;
    if (Date.now() >= end) return undefined;
    await sleep(everyMs, undefined, { signal });
  }
}
