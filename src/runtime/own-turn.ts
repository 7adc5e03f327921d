const waiting: (() => void)[] = [];

/**
 * Resolves in a turn of the event loop in which nobody else is let go by this: what partitions and pipelines do side by side then
 * never adds up to one long turn in which no health check and no request is answered. Those that wait go on in order.
 */
export function ownTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(letGo);
  });
}

/** An immediate that is set by another one comes after timers and sockets have been looked at. */
function letGo(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(letGo);
}
