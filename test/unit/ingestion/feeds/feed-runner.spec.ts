import { MemoryFeedLedger } from '../../../../src/adapters/memory/memory-feed-ledger';
import { MemoryFeedLog } from '../../../../src/adapters/memory/memory-feed-log';
import { MemoryLog } from '../../../../src/adapters/memory/memory-log';
import { FencedError, TransientError } from '../../../../src/core/errors';
import type { CompiledFeed } from '../../../../src/core/feeds/compiled-feed';
import { encodeState, FIRST_STATE } from '../../../../src/core/feeds/feed-state';
import { STANDARD_LANGUAGE } from '../../../../src/core/pipeline/language';
import type { FeedLog } from '../../../../src/core/ports/feed-log.port';
import { silentLog } from '../../../../src/core/ports/log.port';
import type { DeadLetter } from '../../../../src/core/task/dead-letter';
import { decodeReport, type FeedReport } from '../../../../src/ingestion/feeds/feed-report';
import { FeedRunner } from '../../../../src/ingestion/feeds/feed-runner';
import { openSource } from '../../../../src/ingestion/feeds/open-source';
import { compiledFeed } from '../../../support/feeds';
import { startUpstream, type Upstream } from '../../../support/upstreams/upstream.mjs';
import { waitUntil } from '../../../support/wait-until';

const clock = { now: () => Date.now() };

describe('a feed that runs', () => {
  let upstream: Upstream;
  let next = 0;
  let log: MemoryLog;
  let ledger: MemoryFeedLedger;
  let feedLog: FeedLog;
  let feed: CompiledFeed;
  const letters: DeadLetter[] = [];
  const results: string[] = [];
  /** Results, and when a next poll was told to be due. */
  const told: string[] = [];
  const runners: { stop(): Promise<void> }[] = [];

  beforeAll(async () => {
    // Each answer has the number that was asked for: what is skipped or comes twice shows.
    upstream = await startUpstream({
      '/next': (url) => ({ body: [{ n: Number(url.searchParams.get('after')) + 1 }] }),
    });
  });
  afterAll(() => upstream.close());
  beforeEach(async () => {
    next += 1;
    log = new MemoryLog(clock);
    ledger = new MemoryFeedLedger(clock);
    feedLog = new MemoryFeedLog(log);
    feed = compiledFeed(
      `topic: numbers
source:
  kind: http-poll
  url: ${upstream.url}/next
  every: 10ms
  query: { after: string(int(cursor)) }
  cursor: { start: '0', next: 'body[0].n' }
  breaker: { failures: 2, pause: 100ms }
valid: { no seven: item.n != 7 }`,
      `feed-${next}`,
    );
    letters.length = results.length = told.length = 0;
    await log.ensure([{ topic: 'numbers', partitions: 1, purpose: 'source' }]);
  });
  afterEach(async () => {
    for (const runner of runners.splice(0)) await runner.stop();
  });

  function run(holder: string, parts: { feedLog?: FeedLog } = {}) {
    const runner = new FeedRunner({
      ...{ feed, holder, ledger, feedLog, clock, partitions: 1, log: silentLog, ...parts },
      encoder: () => Promise.resolve(undefined),
      openSource: () => openSource(feed, STANDARD_LANGUAGE, clock)!,
      deadLetters: { write: (written) => Promise.resolve(void letters.push(...written)) },
      observer: {
        enabled: () => undefined,
        due: () => void told.push('due'),
        polled: (_, result) => {
          results.push(result);
          told.push(result);
        },
        stored: () => undefined,
        succeeded: () => undefined,
        released: () => undefined,
      },
    });
    const ended = runner.run();
    const stop = (): Promise<void> => {
      runner.stop();
      return ended;
    };
    runners.push({ stop });
    return { stop };
  }

  const numbers = (): number[] =>
    log
      .read('numbers', 0, 0n, Infinity)
      .records.map(({ value }) => (JSON.parse(Buffer.from(value!).toString()) as { n: number }).n);
  const whole = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
  const reach = (count: number) => waitUntil(`${count} numbers`, () => Promise.resolve(numbers().length >= count));
  const report = async (): Promise<FeedReport> => {
    const [entry] = await ledger.entries([feed.name]);
    return decodeReport(entry!.report ?? '{}')!;
  };

  it('produces what it polls in order, each once, and its dead letters', async () => {
    run('a');
    await reach(10);
    expect(numbers().slice(0, 10)).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10, 11]);
    expect(letters.map(({ message }) => message)).toEqual(['no seven: item.n != 7 does not hold']);
  });

  it('lets one of several processes poll, and another one go on when it ends', async () => {
    const [first] = [run('a'), run('b')];
    await reach(3);
    const [{ holder } = { holder: undefined }] = await ledger.entries([feed.name]);
    await first.stop();
    const at = numbers().length;
    expect(['a', 'b']).toContain(holder);
    await reach(at + 3);
    expect(numbers().slice(0, 5)).toEqual(whole(5));
    expect(new Set(numbers()).size).toBe(numbers().length);
  });

  it('tells why it fails, opens the circuit, and goes on when the upstream answers again', async () => {
    run('a');
    await reach(2);
    upstream.order({ kind: 'status', status: 500 }, 3);
    await waitUntil('the circuit is open', async () => (await report())?.circuit === 'open');
    expect(await report()).toMatchObject({ state: 'failing', lastResult: 'server-error' });
    expect((await report()).reason).toMatch(/answered 500 Internal Server Error$/);
    const at = numbers().length;
    await reach(at + 2);
    await waitUntil('it says so', async () => (await report()).state === 'running');
    expect(results.filter((result) => result === 'server-error')).toHaveLength(3);
    expect(new Set(numbers()).size).toBe(numbers().length);
  });

  it('lets a poll stay due while it fails, so that its silence can be measured', async () => {
    run('a');
    await reach(2);
    upstream.order({ kind: 'status', status: 500 }, 3);
    await waitUntil('it has failed and answers again', () => {
      const last = told.lastIndexOf('server-error');
      return last >= 0 && told.lastIndexOf('ok') > last;
    });
    const failing = told.slice(told.indexOf('server-error'), told.lastIndexOf('server-error'));
    expect(failing.filter((event) => event === 'server-error')).toHaveLength(2);
    expect(failing).not.toContain('due');
    await waitUntil('the next one is due', () => told.lastIndexOf('due') > told.lastIndexOf('server-error'));
  });

  it('opens its log again when it was fenced or does not know what was stored', async () => {
    let commits = 0;
    const doubtful: FeedLog = {
      async open(target) {
        const writer = await feedLog.open(target);
        return {
          left: writer.left,
          close: () => writer.close(),
          async commit(...given) {
            const stored = await writer.commit(...given);
            if (++commits === 3) throw new FencedError('the answer was lost');
            return stored;
          },
        };
      },
    };
    run('a', { feedLog: doubtful });
    await reach(6);
    expect(numbers().slice(0, 6)).toEqual(whole(6));
  });

  it('waits while the log is away', async () => {
    let opens = 0;
    const away: FeedLog = {
      open: (target) => (++opens < 3 ? Promise.reject(new TransientError('no broker')) : feedLog.open(target)),
    };
    run('a', { feedLog: away });
    await reach(2);
    expect(results.slice(0, 2)).toEqual(['not-stored', 'not-stored']);
  });

  it('takes a term above what the state knows when the ledger has lost everything', async () => {
    const writer = await feedLog.open({ feed: feed.name, topic: 'numbers' });
    await writer.commit([], encodeState({ ...FIRST_STATE, token: 41, cursor: 100 }), new AbortController().signal);
    run('a');
    await reach(2);
    expect(numbers().slice(0, 2)).toEqual([101, 102]);
    expect((await ledger.entries([feed.name]))[0]!.token).toBe(42);
  });

  it('gives its lease back when it ends', async () => {
    const { stop } = run('a');
    await reach(1);
    await stop();
    expect((await ledger.entries([feed.name]))[0]).toMatchObject({ holder: undefined });
  });
});
