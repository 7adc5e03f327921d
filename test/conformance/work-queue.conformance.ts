import { FencedError } from '../../src/core/errors';
import { QUEUE_BOUNDS, type QueueBounds, QueueFullError, type WorkQueue } from '../../src/core/ports/work-queue.port';
import { waitUntil } from '../support/wait-until';

export interface WorkQueueHarness {
  /** An empty queue, as two processes see it. */
  open(bounds: QueueBounds): readonly [WorkQueue, WorkQueue];
  close(): Promise<void>;
}

const SHORT_LEASE_MS = 200;

/** What every WorkQueue guarantees. */
export function describeWorkQueue(name: string, start: () => Promise<WorkQueueHarness>): void {
  describe(`WorkQueue: ${name}`, () => {
    let harness: WorkQueueHarness;
    let queue: WorkQueue;
    let other: WorkQueue;

    const open = (bounds: Partial<QueueBounds> = {}): void => {
      [queue, other] = harness.open({ ...QUEUE_BOUNDS, ...bounds });
    };

    beforeAll(async () => {
      harness = await start();
    });
    afterAll(() => harness?.close());
    beforeEach(() => open());

    const takeSoon = (from: WorkQueue, worker: string) =>
      waitUntil(`there is a job for ${worker}`, () => from.take(worker));

    it('gives jobs in the order in which they were added, with what they are about', async () => {
      await queue.add('export', { pipeline: 'हैदराबाद', rows: [1, null] });
      await queue.add('rebuild', 'second');
      expect(await other.take('w1')).toMatchObject({
        ...{ kind: 'export', input: { pipeline: 'हैदराबाद', rows: [1, null] }, attempt: 1 },
      });
      expect(await queue.take('w2')).toMatchObject({ kind: 'rebuild', input: 'second' });
      expect(await queue.take('w2')).toBeUndefined();
    });

    it('gives each job to one of many workers', async () => {
      for (let i = 0; i < 20; i++) await queue.add('count', i);
      const taken = await Promise.all(
        Array.from({ length: 30 }, (_, i) => (i % 2 ? queue : other).take(`worker ${i}`)),
      );
      const inputs = taken.flatMap((job) => (job ? [job.input as number] : []));
      expect(inputs.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    });

    it('shows how far a job is, and its result', async () => {
      const added = await queue.add('count', 1);
      expect(await other.find(added.id)).toEqual(added);
      const taken = (await queue.take('w1'))!;
      await queue.renew(taken, { rows: 5 });
      expect(await other.find(added.id)).toMatchObject({
        ...{ state: 'running', attempts: 1, worker: 'w1', progress: { rows: 5 } },
      });
      await queue.finish(taken, { rows: 10 });
      expect(await other.find(added.id)).toMatchObject({ state: 'done', result: { rows: 10 } });
      expect(await queue.take('w1')).toBeUndefined();
      expect(await queue.find('unknown')).toBeUndefined();
    });

    it('gives a job that failed again when it is due, not before', async () => {
      const { id } = await queue.add('count', 1);
      await queue.fail((await queue.take('w1'))!, 'the disk is full', 150);
      const failedMs = Date.now();
      expect(await queue.find(id)).toMatchObject({ state: 'retrying', error: 'the disk is full' });
      expect(await takeSoon(other, 'w2')).toMatchObject({ id, attempt: 2 });
      expect(Date.now() - failedMs).toBeGreaterThanOrEqual(100);
    });

    it('makes a dead letter of what can never be done, and of what failed too often', async () => {
      open({ maxAttempts: 2 });
      const never = await queue.add('count', 'never');
      await queue.fail((await queue.take('w1'))!, 'no such pipeline');
      const often = await queue.add('count', 'often');
      await queue.fail((await queue.take('w1'))!, 'first', 0);
      await queue.fail(await takeSoon(queue, 'w1'), 'second', 0);
      expect(await queue.take('w1')).toBeUndefined();
      expect((await queue.list(10, 'failed')).map(({ id, error }) => [id, error]).sort()).toEqual(
        [
          [never.id, 'no such pipeline'],
          [often.id, 'second'],
        ].sort(),
      );
    });

    it('begins a dead letter anew when it is told to', async () => {
      const { id } = await queue.add('count', 1);
      expect(await queue.again(id)).toBe(false);
      await queue.fail((await queue.take('w1'))!, 'no');
      expect(await other.again(id)).toBe(true);
      expect(await queue.list(10, 'failed')).toEqual([]);
      expect(await queue.take('w1')).toMatchObject({ id, attempt: 1 });
      expect(await queue.again('unknown')).toBe(false);
    });

    it('gives the job of a worker that died to another when the lease is over, and fences the first', async () => {
      open({ leaseMs: SHORT_LEASE_MS });
      const { id } = await queue.add('count', 1);
      const first = (await queue.take('w1'))!;
      expect(await other.take('w2')).toBeUndefined();
      const second = await takeSoon(other, 'w2');
      expect(second).toMatchObject({ id, attempt: 2 });
      await expect(queue.renew(first)).rejects.toThrow(FencedError);
      await expect(queue.finish(first, 'late')).rejects.toThrow(FencedError);
      await expect(queue.fail(first, 'late')).rejects.toThrow(FencedError);
      await expect(queue.giveBack(first)).rejects.toThrow(FencedError);
      await other.finish(second, 'done');
      expect(await queue.find(id)).toMatchObject({ state: 'done', result: 'done', worker: 'w2' });
    });

    it('leaves a job with its worker for as long as that renews', async () => {
      open({ leaseMs: 1_000 });
      await queue.add('count', 1);
      const taken = (await queue.take('w1'))!;
      const endMs = Date.now() + 1_500;
      await waitUntil('the lease is renewed past its end', async () => {
        await queue.renew(taken);
        expect(await other.take('w2')).toBeUndefined();
        return Date.now() >= endMs;
      });
      await queue.finish(taken, 'done');
    });

    it('makes a dead letter of a job that ends its workers', async () => {
      open({ leaseMs: SHORT_LEASE_MS, maxAttempts: 2 });
      const { id } = await queue.add('count', 1);
      await queue.take('w1');
      await takeSoon(queue, 'w2');
      await waitUntil('the job is dead', async () => {
        expect(await queue.take('w3')).toBeUndefined();
        return (await queue.find(id))?.state === 'failed';
      });
      expect(await queue.find(id)).toMatchObject({ attempts: 2, error: expect.stringContaining('begun 2 times') });
    });

    it('gives a job that was given back to the next at once, and does not count the attempt', async () => {
      const { id } = await queue.add('count', 1);
      await queue.giveBack((await queue.take('w1'))!);
      expect(await other.take('w2')).toMatchObject({ id, attempt: 1 });
    });

    it('refuses a job when too many wait, and takes one when one is done', async () => {
      open({ maxWaiting: 2 });
      await queue.add('count', 1);
      await queue.add('count', 2);
      await expect(queue.add('count', 3)).rejects.toThrow(QueueFullError);
      const taken = (await queue.take('w1'))!;
      await expect(queue.add('count', 3)).rejects.toThrow(QueueFullError);
      await queue.fail(taken, 'later', 60_000);
      await expect(queue.add('count', 3)).rejects.toThrow('2 jobs wait; at most 2 may');
      await queue.finish((await queue.take('w1'))!, null);
      expect(await queue.add('count', 3)).toMatchObject({ state: 'waiting' });
    });

    it('lists the newest first', async () => {
      const ids: string[] = [];
      for (let i = 0; i < 3; i++) {
        const { id, createdMs } = await queue.add('count', i);
        ids.unshift(id);
        await waitUntil('the next millisecond', () => Date.now() > createdMs + 1);
      }
      expect((await other.list(2)).map(({ id }) => id)).toEqual(ids.slice(0, 2));
    });

    it('forgets a job some time after it is done', async () => {
      open({ keptMs: 100 });
      const { id } = await queue.add('count', 1);
      await queue.finish((await queue.take('w1'))!, null);
      await waitUntil('the job is forgotten', async () => (await queue.find(id)) === undefined);
      expect(await queue.list(10)).toEqual([]);
    });
  });
}
