import { MemoryWorkQueue } from '../../../../src/adapters/memory/memory-work-queue';
import { ConfigError, TransientError } from '../../../../src/core/errors';
import type { JsonValue } from '../../../../src/core/json';
import { silentLog } from '../../../../src/core/ports/log.port';
import { QUEUE_BOUNDS } from '../../../../src/core/ports/work-queue.port';
import type { JobRun } from '../../../../src/runtime/jobs/job-handler';
import { JobWorker } from '../../../../src/runtime/jobs/job-worker';
import { waitUntil } from '../../../support/wait-until';

type Run = (input: JsonValue, run: JobRun) => Promise<JsonValue>;

describe('a worker of jobs', () => {
  let queue: MemoryWorkQueue;
  const workers: JobWorker[] = [];

  beforeEach(() => {
    queue = new MemoryWorkQueue({ now: () => Date.now() }, { ...QUEUE_BOUNDS, leaseMs: 300 });
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  });

  function start(run: Run, name = 'w1'): JobWorker {
    const handlers = [{ kind: 'count', run }];
    const worker = new JobWorker({ queue, worker: name, handlers, log: silentLog, pollMs: 10, retryMs: () => 10 });
    workers.push(worker);
    worker.start();
    return worker;
  }

  const ended = (id: string) =>
    waitUntil(`job ${id} ends`, async () => {
      const job = await queue.find(id);
      return job?.state === 'done' || job?.state === 'failed' ? job : undefined;
    });

  it('does jobs in their order and keeps their results', async () => {
    const seen: JsonValue[] = [];
    start((input) => Promise.resolve(seen.push(input)));
    const [first, second] = [await queue.add('count', 'a'), await queue.add('count', 'b')];
    expect(await ended(second.id)).toMatchObject({ state: 'done', result: 2, worker: 'w1' });
    expect(await ended(first.id)).toMatchObject({ state: 'done', result: 1 });
    expect(seen).toEqual(['a', 'b']);
  });

  it('begins again what failed, until it is done', async () => {
    let attempts = 0;
    start(() => ((attempts += 1) < 3 ? Promise.reject(new TransientError('away')) : Promise.resolve('done')));
    const { id } = await queue.add('count', 1);
    expect(await ended(id)).toMatchObject({ state: 'done', attempts: 3, result: 'done' });
  });

  it('gives up at once what can never be done, and after some attempts what always fails', async () => {
    start((input) => Promise.reject(input === 'never' ? new ConfigError('no such pipeline') : new Error('a fault')));
    const [never, always] = [await queue.add('count', 'never'), await queue.add('count', 'always')];
    expect(await ended(never.id)).toMatchObject({ state: 'failed', attempts: 1, error: 'no such pipeline' });
    expect(await ended(always.id)).toMatchObject({ state: 'failed', attempts: 5, error: 'a fault' });
    const other = await queue.add('unheard', 1);
    expect(await ended(other.id)).toMatchObject({ state: 'failed', error: expect.stringContaining('"unheard"') });
  });

  it('keeps a job that takes longer than its lease, and shows how far it is', async () => {
    const begunMs = Date.now();
    start(async (_, run) => {
      run.progress({ half: true });
      await waitUntil('three leases are over', () => Date.now() - begunMs > 900);
      return 'long';
    });
    const { id } = await queue.add('count', 1);
    await waitUntil('the job runs', async () => (await queue.find(id))?.state === 'running');
    start(() => Promise.resolve('stolen'), 'w2');
    await waitUntil('progress is shown', async () => (await queue.find(id))?.progress !== undefined);
    expect(await ended(id)).toMatchObject({ attempts: 1, result: 'long', progress: { half: true } });
  });

  it('gives a job back when the process ends, for another to do', async () => {
    const worker = start(
      (_, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    );
    const { id } = await queue.add('count', 1);
    await waitUntil('the job runs', async () => (await queue.find(id))?.state === 'running');
    await worker.stop();
    expect(await queue.find(id)).toMatchObject({ state: 'waiting', attempts: 0 });
    start(() => Promise.resolve('by another'), 'w2');
    expect(await ended(id)).toMatchObject({ result: 'by another', worker: 'w2' });
  });

  it('leaves off when another has taken the job, and changes nothing of it', async () => {
    const aborted: string[] = [];
    start(async (_, { signal }) => {
      jest.spyOn(queue, 'renew').mockRejectedValueOnce(new TransientError('away'));
      await waitUntil(
        'the job is taken by another',
        async () => (await queue.take('w2')) !== undefined || signal.aborted,
      );
      await waitUntil('the worker learns of it', () => signal.aborted);
      aborted.push('w1');
      throw new Error('aborted');
    });
    const { id } = await queue.add('count', 1);
    jest.spyOn(queue, 'renew').mockRejectedValue(new TransientError('away'));
    await waitUntil('another has it', async () => (await queue.find(id))?.worker === 'w2');
    jest.restoreAllMocks();
    await waitUntil('the first leaves off', () => aborted.length === 1);
    expect(await queue.find(id)).toMatchObject({ state: 'running', worker: 'w2', attempts: 2 });
  });
});
