/**
 * Lets all who ask for the same share one answer, of which the work began after each of them had asked: at most one
 * runs, and those who come meanwhile wait for the next one.
 */
export class SharedReads<T> {
  private readonly running = new Map<string, Promise<T>>();
  private readonly next = new Map<string, Promise<T>>();

  /** Rejects as the work does; the next one is tried all the same. */
  read(identity: string, work: () => Promise<T>): Promise<T> {
    const waiting = this.next.get(identity);
    if (waiting) return waiting;
    const current = this.running.get(identity);
    if (!current) return this.begin(identity, work);
    const next = current
      .catch(() => undefined)
      .then(() => {
        this.next.delete(identity);
        return this.begin(identity, work);
      });
    this.next.set(identity, next);
    return next;
  }

  private begin(identity: string, work: () => Promise<T>): Promise<T> {
    const answer = work().finally(() => this.running.delete(identity));
    this.running.set(identity, answer);
    return answer;
  }
}
