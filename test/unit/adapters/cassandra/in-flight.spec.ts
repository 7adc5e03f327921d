import { InFlight, untilAborted } from '../../../../src/adapters/cassandra/in-flight';

const never = new AbortController().signal;

/** Tasks that end when told to. */
class Tasks {
  readonly started: number[] = [];
  private readonly ends = new Map<number, PromiseWithResolvers<void>>();

  readonly run = (item: number): Promise<void> => {
    this.started.push(item);
    const end = Promise.withResolvers<void>();
    this.ends.set(item, end);
    return end.promise;
  };

  async end(item: number, failure?: Error): Promise<void> {
    if (failure) this.ends.get(item)?.reject(failure);
    else this.ends.get(item)?.resolve();
    await settled();
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('InFlight', () => {
  it('keeps to its limit over all callers, and serves them in turn', async () => {
    const inFlight = new InFlight(2);
    const tasks = new Tasks();
    const first = inFlight.forEach([1, 2, 3], tasks.run, never);
    const second = inFlight.forEach([11], tasks.run, never);
    await settled();
    expect(tasks.started).toEqual([1, 11]);
    await tasks.end(11);
    await expect(second).resolves.toBeUndefined();
    expect(tasks.started).toEqual([1, 11, 2]);
    await tasks.end(1);
    expect(tasks.started).toEqual([1, 11, 2, 3]);
    await tasks.end(2);
    await tasks.end(3);
    await expect(first).resolves.toBeUndefined();
  });

  it('starts nothing after a failure, waits for what is under way, and is free again', async () => {
    const inFlight = new InFlight(2);
    const tasks = new Tasks();
    let outcome = 'under way';
    const all = inFlight.forEach([1, 2, 3, 4], tasks.run, never).catch((error: Error) => (outcome = error.message));
    await settled();
    await tasks.end(1, new Error('refused'));
    expect(tasks.started).toEqual([1, 2]);
    expect(outcome).toBe('under way');
    await tasks.end(2);
    await all;
    expect(outcome).toBe('refused');
    const after = inFlight.forEach([5, 6], tasks.run, never);
    await settled();
    expect(tasks.started).toEqual([1, 2, 5, 6]);
    await tasks.end(5);
    await tasks.end(6);
    await after;
  });

  it('starts nothing after an abort, and says why', async () => {
    const inFlight = new InFlight(1);
    const tasks = new Tasks();
    const controller = new AbortController();
    const reason = new Error('revoked');
    const all = untilAborted(inFlight.forEach([1, 2], tasks.run, controller.signal), controller.signal);
    const outcome = expect(all).rejects.toBe(reason);
    await settled();
    controller.abort(reason);
    await outcome;
    await tasks.end(1);
    expect(tasks.started).toEqual([1]);
  });
});
