/** How often a handler of a batch has to prove membership while it waits or works. */
export const HEARTBEAT_MS = 250;

/** Resolves when `work` settles, or after `ms`. */
export async function settledWithin(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work, late]);
  clearTimeout(timer);
}
