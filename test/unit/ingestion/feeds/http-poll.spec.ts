import type { CompiledFeed } from '../../../../src/core/feeds/compiled-feed';
import { type FeedState, FIRST_STATE } from '../../../../src/core/feeds/feed-state';
import type { HttpPollDefinition } from '../../../../src/core/feeds/feed-source-definition';
import { STANDARD_LANGUAGE } from '../../../../src/core/pipeline/language';
import { FailedPoll } from '../../../../src/ingestion/feeds/failed-poll';
import { HttpPollSource } from '../../../../src/ingestion/feeds/http-poll-source';
import { compiledFeed } from '../../../support/feeds';
import { startUpstream, type Upstream } from '../../../support/upstreams/upstream.mjs';

const never = new AbortController().signal;
const clock = { now: () => Date.now() };

function sourceOf(feed: CompiledFeed): HttpPollSource {
  const source = feed.definition.spec.source as HttpPollDefinition;
  return new HttpPollSource({ feed, source, language: STANDARD_LANGUAGE, clock });
}

describe('a feed that polls', () => {
  let upstream: Upstream;
  let version = 1;
  const pages = [[1, 2], [3, 4], [5]];

  beforeAll(async () => {
    upstream = await startUpstream({
      '/list': () => ({ body: { data: [{ id: 1 }, { id: 2 }] } }),
      '/tagged': () => ({ body: [{ id: version }], etag: `"v${version}"` }),
      '/pages': (url) => ({ body: { data: pages[Number(url.searchParams.get('page'))] ?? [], of: pages.length } }),
      '/linked': (url) => {
        const at = Number(url.searchParams.get('at') ?? 0);
        return { body: { data: pages[at], next: at < 2 ? `/linked?at=${at + 1}` : null } };
      },
      '/hours': (url) => ({ body: [{ from: url.searchParams.get('from'), to: url.searchParams.get('to') }] }),
      '/lines': () => '{"id":1}\n{"id":\n\n{"id":3}\n',
      '/cells': () => '1|"a|b"|x\n2||y\n3|z\n',
      '/limited': () => ({ body: [], headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '30' } }),
    });
  });
  afterAll(() => upstream.close());

  const feedOf = (path: string, more = '', spec = 'records: body.data'): CompiledFeed =>
    compiledFeed(
      `topic: t\nsource: { kind: http-poll, url: "${upstream.url}${path}", every: 30s, timeout: 500ms ${more} }\n${spec}`,
    );
  const poll = (source: HttpPollSource, state: FeedState = FIRST_STATE) => source.poll(state, never);
  const itemsOf = (polled: Awaited<ReturnType<typeof poll>>) => polled?.pages.flatMap(({ items }) => items);
  const failureOf = async (path: string, more = ''): Promise<FailedPoll> => {
    const thrown: unknown = await poll(sourceOf(feedOf(path, more))).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(FailedPoll);
    return thrown as FailedPoll;
  };

  it('has the items of the answer, and says who asks', async () => {
    expect(itemsOf(await poll(sourceOf(feedOf('/list'))))).toEqual([{ id: 1 }, { id: 2 }]);
    const { headers } = upstream.requests.at(-1)!;
    expect(headers['user-agent']).toMatch(/^millrace\/\d/);
    expect(headers['accept']).toBe('application/json');
  });

  it('asks whether there is anything newer than what it has', async () => {
    const source = sourceOf(feedOf('/tagged', '', ''));
    const first = await poll(source);
    expect(first!.moved).toMatchObject({ etag: '"v1"' });
    const state = { ...FIRST_STATE, ...first!.moved };
    expect(await poll(source, state)).toBeUndefined();
    version = 2;
    expect(itemsOf(await poll(source, state))).toEqual([{ id: 2 }]);
  });

  it('reads all pages, counted or linked, and no more than it may', async () => {
    const counted = ', query: { page: string(page) }, pages: { more: page + 1 < body.of }';
    expect(itemsOf(await poll(sourceOf(feedOf('/pages', counted))))).toEqual([1, 2, 3, 4, 5]);
    const linked = sourceOf(feedOf('/linked', ', pages: { next: body.next }'));
    expect(itemsOf(await poll(linked))).toEqual([1, 2, 3, 4, 5]);
    const two = sourceOf(feedOf('/linked', ', pages: { next: body.next, max: 2 }'));
    expect(itemsOf(await poll(two))).toEqual([1, 2, 3, 4]);
  });

  it('goes on at its cursor while anything is due, then keeps to its schedule', async () => {
    const cursor = `, query: { from: 'cursor', to: 'iso(timestamp(cursor) + duration("1h"))' },
      cursor: { start: '"2026-01-01T00:00:00Z"', next: 'iso(timestamp(cursor) + duration("1h"))', due: 'timestamp(cursor) < timestamp("2026-01-01T02:00:00Z")' }`;
    const source = sourceOf(feedOf('/hours', cursor, ''));
    let state: FeedState = FIRST_STATE;
    const seen: unknown[] = [];
    for (let i = 0; i < 2; i++) {
      expect(source.dueAtMs(state, clock.now())).toBeLessThanOrEqual(clock.now());
      const polled = await poll(source, state);
      seen.push(...itemsOf(polled)!);
      state = { ...state, ...polled!.moved };
    }
    expect(seen).toEqual([
      { from: '2026-01-01T00:00:00Z', to: '2026-01-01T01:00:00.000Z' },
      { from: '2026-01-01T01:00:00.000Z', to: '2026-01-01T02:00:00.000Z' },
    ]);
    expect(source.dueAtMs(state, clock.now())).toBeGreaterThan(clock.now() + 20_000);
  });

  it('reads lines and cells, and a bad one is an item by itself', async () => {
    const lines = itemsOf(await poll(sourceOf(feedOf('/lines', ', format: ndjson', ''))));
    expect(lines).toMatchObject([{ id: 1 }, { text: '{"id":' }, { id: 3 }]);
    const csv = ', format: csv, csv: { delimiter: "|", columns: [n, text, kind] }';
    const cells = itemsOf(await poll(sourceOf(feedOf('/cells', csv, ''))));
    expect(cells).toMatchObject([
      { n: 1, text: 'a|b', kind: 'x' },
      { n: 2, text: null, kind: 'y' },
      { text: '3|z', message: 'the row has 2 cells, 3 are needed' },
    ]);
  });

  it.each([
    [{ kind: 'status', status: 500 }, 'server-error', 'answered 500'],
    [{ kind: 'status', status: 401 }, 'refused', 'answered 401'],
    [{ kind: 'status', status: 429 }, 'rate-limited', 'answered 429'],
    [{ kind: 'slow', ms: 2_000 }, 'timeout', 'gave no whole answer within 500 ms'],
    [{ kind: 'cut' }, 'unreachable', 'other side closed'],
    [{ kind: 'truncated' }, 'unreachable', '/list: '],
    [{ kind: 'halved' }, 'not-understood', 'it is no JSON: '],
    [{ kind: 'html' }, 'not-understood', 'JSON is needed, this is HTML'],
    [{ kind: 'edited', from: '"data"', to: '"coins"' }, 'not-understood', 'records: body.data: No such key: data'],
    [{ kind: 'edited', from: '[', to: '3 //' }, 'not-understood', 'it is no JSON: '],
    [{ kind: 'huge', bytes: 4_000 }, 'too-large', 'more than 2048 bytes'],
  ] as const)('fails for %j as %s, with a reason, and takes the next answer', async (fault, result, reason) => {
    upstream.order(fault);
    const failed = await failureOf('/list', ', maxBytes: 2KiB');
    expect(failed.result).toBe(result);
    expect(failed.message).toContain(reason);
    expect(itemsOf(await poll(sourceOf(feedOf('/list'))))).toHaveLength(2);
  });

  it('shows no query in a reason: it may hold a key', async () => {
    upstream.order({ kind: 'status', status: 403 });
    const { message } = await failureOf('/list?api_key=secret');
    expect(message).toBe(`${upstream.url}/list answered 403 Forbidden`);
  });

  it('says when the upstream wants to be asked again', async () => {
    const before = clock.now();
    upstream.order({ kind: 'status', status: 429, retryAfter: 7 });
    expect((await failureOf('/list')).notBeforeMs).toBeGreaterThanOrEqual(before + 7_000);
    upstream.order({ kind: 'status', status: 503, retryAfter: new Date(before + 20_000).toUTCString() });
    expect((await failureOf('/list')).notBeforeMs).toBeGreaterThan(before + 18_000);
    const limited = await poll(sourceOf(feedOf('/limited', '', '')));
    expect(limited!.notBeforeMs).toBeGreaterThanOrEqual(before + 30_000);
  });

  it('keeps to the rate that is allowed, pages included', async () => {
    const source = sourceOf(feedOf('/linked', ', pages: { next: body.next }, rateLimit: { requests: 10, per: 1s }'));
    const before = performance.now();
    await poll(source);
    await poll(source);
    // Six requests: five intervals of 100 ms, and timers that come a little early.
    expect(performance.now() - before).toBeGreaterThan(480);
  });

  it('is unreachable where nobody listens', async () => {
    const gone = await startUpstream({});
    await gone.close();
    const feed = compiledFeed(`topic: t\nsource: { kind: http-poll, url: "${gone.url}", every: 1s }`);
    await expect(poll(sourceOf(feed))).rejects.toMatchObject({ result: 'unreachable' });
  });
});
