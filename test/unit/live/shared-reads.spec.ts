import { SharedReads } from '../../../src/live/shared-reads';

describe('SharedReads', () => {
  /** Answers that the test gives, in the order in which they were asked for. */
  class Work {
    readonly begun: PromiseWithResolvers<number>[] = [];
    readonly start = (): Promise<number> => {
      const answer = Promise.withResolvers<number>();
      this.begun.push(answer);
      return answer.promise;
    };
  }
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('begins one answer for all who ask while another is on its way', async () => {
    const [reads, work] = [new SharedReads<number>(), new Work()];
    const first = reads.read('a', work.start);
    const later = [reads.read('a', work.start), reads.read('a', work.start)];
    expect(work.begun).toHaveLength(1);
    work.begun[0]!.resolve(1);
    expect(await first).toBe(1);
    await settled();
    expect(work.begun).toHaveLength(2);
    work.begun[1]!.resolve(2);
    expect(await Promise.all(later)).toEqual([2, 2]);
  });

  it('gives nobody an answer that was begun before it was asked for', async () => {
    const [reads, work] = [new SharedReads<number>(), new Work()];
    const first = reads.read('a', work.start);
    work.begun[0]!.resolve(1);
    await first;
    const second = reads.read('a', work.start);
    work.begun[1]!.resolve(2);
    expect(await second).toBe(2);
  });

  it('goes on after a failure, which only those learn of who waited for it', async () => {
    const [reads, work] = [new SharedReads<number>(), new Work()];
    const first = reads.read('a', work.start);
    const second = reads.read('a', work.start);
    work.begun[0]!.reject(new Error('away'));
    await expect(first).rejects.toThrow('away');
    await settled();
    work.begun[1]!.resolve(2);
    expect(await second).toBe(2);
  });

  it('keeps different questions apart', () => {
    const [reads, work] = [new SharedReads<number>(), new Work()];
    void reads.read('a', work.start);
    void reads.read('b', work.start);
    expect(work.begun).toHaveLength(2);
  });
});
