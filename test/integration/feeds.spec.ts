import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { FeedView } from '../../src/ingestion/feeds/feed-view';
import { CommittedReader } from '../support/committed-reader';
import { uniqueName } from '../support/servers';
import { NO_FEEDS, ServiceProcess } from '../support/service';
import { startCoinlore } from '../support/upstreams/coinlore.mjs';
import type { Fault, Upstream } from '../support/upstreams/upstream.mjs';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(120_000);

const SHIPPED = join(__dirname, '..', '..', 'feeds', 'coinlore-tickers.yaml');

interface Ticker {
  readonly id: string;
  readonly name: string;
  readonly price_usd: number;
  readonly ts: number;
}

describe('the shipped feed of prices on real servers', () => {
  const topic = uniqueName('tickers');
  let upstream: Upstream;
  let folder: string;
  let reader: CommittedReader;
  let dead: CommittedReader;
  const services: ServiceProcess[] = [];

  beforeAll(async () => {
    upstream = await startCoinlore();
    folder = mkdtempSync(join(tmpdir(), 'millrace-feeds-'));
    const text = readFileSync(SHIPPED, 'utf8').replace('coinlore-tickers', topic).replace('crypto.tickers', topic);
    writeFileSync(
      join(folder, 'tickers.yaml'),
      text.replace('source:\n', 'source:\n    timeout: 2s\n    breaker: { failures: 50 }\n'),
    );
    for (const name of ['feeds-a', 'feeds-b']) {
      const env = { COINLORE_URL: upstream.url, COINLORE_EVERY: '250ms', MILLRACE_FEEDS: folder };
      services.push(await ServiceProcess.start(name, { ...env, MILLRACE_PIPELINES: NO_FEEDS }));
    }
    await waitUntil('a process runs the feed', () =>
      services.some((service) => service.logged('feed.running').length > 0),
    );
    [reader, dead] = [await CommittedReader.of(topic), await CommittedReader.of(`${topic}.dead`)];
  });
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await reader?.close();
    await dead?.close();
    await upstream.close();
    rmSync(folder, { recursive: true });
  });

  const view = (service = services[0]!): Promise<FeedView> => service.json(`/v1/feeds/${topic}`);
  const tickers = (): Ticker[] => reader.records.map(({ value }) => JSON.parse(value) as Ticker);
  const reach = (count: number) => waitUntil(`${count} records`, () => reader.records.length >= count);
  const goesOn = async (): Promise<void> => {
    await waitUntil('it polls again without a fault', async () => (await view()).state === 'running');
    // Within one second all answers have the same time, and their prices are repetitions.
    await reach(reader.records.length + 100);
  };

  it('has one process poll, and both tell the same of it', async () => {
    await reach(200);
    const running = services.filter((service) => service.logged('feed.running').length > 0);
    expect(running).toHaveLength(1);
    const [one, other] = [await view(services[0]), await view(services[1])];
    expect(one).toMatchObject({
      kind: 'http-poll',
      topic,
      state: 'running',
      when: 'every 250ms',
      from: `${upstream.url}/api/tickers/`,
    });
    expect(other.runsOn).toBe(one.runsOn);
    const metrics = await Promise.all(services.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
    const recordsOf = (text: string): number =>
      Number(new RegExp(`^millrace_feed_records_total\\{feed="${topic}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
    expect(metrics.map(recordsOf).filter((count) => count > 0)).toHaveLength(1);
    const text = metrics.find((found) => recordsOf(found) > 0)!;
    expect(text).toMatch(new RegExp(`millrace_feed_polls_total\\{feed="${topic}",result="ok"\\} \\d`));
    expect(text).toMatch(new RegExp(`millrace_feed_last_success_timestamp_seconds\\{feed="${topic}"\\} \\d`));
    expect(text).toMatch(new RegExp(`millrace_feed_lag_seconds\\{feed="${topic}"\\} [\\d.]+`));
  });

  it.each<[Fault, string, RegExp]>([
    [{ kind: 'slow', ms: 3_000 }, 'timeout', /gave no whole answer within 2000 ms/],
    [{ kind: 'status', status: 429, retryAfter: 1 }, 'rate-limited', /answered 429/],
    [{ kind: 'status', status: 500 }, 'server-error', /answered 500/],
    [{ kind: 'html' }, 'not-understood', /this is HTML/],
    [{ kind: 'truncated' }, 'unreachable', /\/api\/tickers\/: /],
    [{ kind: 'halved' }, 'not-understood', /it is no JSON/],
    [{ kind: 'edited', from: '"data"', to: '"coins"' }, 'not-understood', /No such key: data/],
  ])('tells of %j, and goes on', async (fault, result, reason) => {
    upstream.order(fault, 3);
    const failing = await waitUntil('it tells what is wrong', async () => {
      const { state, status } = await view();
      return state === 'failing' && status?.lastResult === result && status;
    });
    expect(failing.reason).toMatch(reason);
    expect(failing.nextPollAt).toBeDefined();
    await goesOn();
  });

  it.each<[string, Fault, RegExp]>([
    [
      'a negative price',
      { kind: 'edited-once', from: '"price_usd":"', to: '"price_usd":"-' },
      /the price is not negative/,
    ],
    ['a price that is none', { kind: 'edited-once', from: '"price_usd":"', to: '"price_usd":"x' }, /fields.price_usd/],
    [
      'a renamed field',
      { kind: 'edited-once', from: '"name":"Ethereum"', to: '"title":"Ethereum"' },
      /No such key: name/,
    ],
    ['a time in the future', { kind: 'edited', from: '"time":1', to: '"time":3' }, /ahead of the clock/],
  ])('makes a dead letter of %s, and the rest goes on', async (_, fault, reason) => {
    const [letters, good] = [dead.records.length, reader.records.length];
    upstream.order(fault);
    await waitUntil('its dead letter', () => dead.records.length > letters);
    const since = dead.records.slice(letters).map(({ headers }) => headers['millrace-message']);
    expect(since).toContainEqual(expect.stringMatching(reason));
    await reach(good + 100);
  });

  it('drops a page that comes again', async () => {
    const before = (await view()).status!.counts.duplicates;
    upstream.order({ kind: 'repeated' }, 2);
    await waitUntil('it is counted', async () => (await view()).status!.counts.duplicates > before);
    await goesOn();
  });

  it('has produced no price of a moment twice, and none that is wrong', () => {
    const all = tickers();
    expect(new Set(all.map(({ id, ts }) => `${id} ${ts}`)).size).toBe(all.length);
    expect(all.every(({ price_usd, name }) => price_usd >= 0 && name !== '')).toBe(true);
  });
});
