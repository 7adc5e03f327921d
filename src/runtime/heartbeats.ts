import type { BatchControl } from '../core/ports/batch-consumer.port';

/** How often a handler of a batch has to prove membership while it waits or works. */
export const HEARTBEAT_MS = 1_000;

/** Waits for `work`, which must not reject, with heartbeats. Throws what a heartbeat throws. */
export async function withHeartbeat(work: Promise<void>, control: BatchControl): Promise<void> {
  let done = false;
  void work.then(() => (done = true));
  while (!done) {
    await settledWithin(work, HEARTBEAT_MS);
    if (!done) await control.heartbeat();
  }
}

/** Resolves when `work` settles, or after `ms`. */
export async function settledWithin(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, late]);
  clearTimeout(timer);
}
