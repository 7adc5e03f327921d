/**
 * Shares work among callers that ask for the same at the same time, without giving anyone what was begun before he
 * asked: a caller who comes while work is under way gets that of the next round. However many come, at most two rounds
 * of one key are there: the one under way and the one that waits for it.
 */
export class Coalesced<T> {
  private readonly running = new Map<string, Promise<unknown>>();
  private readonly next = new Map<string, Promise<T>>();

  run(key: string, work: () => Promise<T>): Promise<T> {
    const waiting = this.next.get(key);
    if (waiting) return waiting;
    const before = this.running.get(key);
    if (!before) return this.begin(key, work);
    const round = before.then(() => {
      this.next.delete(key);
      return this.begin(key, work);
    });
    this.next.set(key, round);
    return round;
  }

  private begin(key: string, work: () => Promise<T>): Promise<T> {
    const round = work();
    const settled = round.then(
      () => undefined,
      () => undefined,
    );
    const ended = settled.then(() => void (this.running.get(key) === ended && this.running.delete(key)));
    this.running.set(key, ended);
    return round;
  }
}
