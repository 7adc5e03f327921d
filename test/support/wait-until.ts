const POLL_MS = 50;

/** Polls until `condition` gives something other than undefined or false; fails with its description at the deadline. */
export async function waitUntil<T>(
  description: string,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  deadlineMs = 60_000,
  pollMs = POLL_MS,
): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const found = await condition();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`Not within ${deadlineMs} ms: ${description}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
