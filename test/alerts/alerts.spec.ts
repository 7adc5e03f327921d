import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { PrometheusServer } from '../../scripts/observability/prometheus-server.mjs';
import { RedisStateStore } from '../../src/adapters/redis/redis-state-store';
import { connectRedis } from '../../src/adapters/redis/redis-connection';
import { AirQualityCopy } from '../support/air-quality';
import { type Broken, BrokenPipelines } from '../support/broken-pipelines';
import { CuttableLink } from '../support/cuttable-link';
import { feedText } from '../support/feeds';
import { RedisProcess } from '../support/redis-process';
import { testServers } from '../support/servers';
import { ServiceProcess } from '../support/service';
import { shortRules } from '../support/short-rules';
import { StoreOwner } from '../support/store-owner';
import { startUpstream, type Upstream } from '../support/upstreams/upstream.mjs';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(300_000);

const RULES = join(__dirname, '..', '..', 'observability', 'rules');
const SCRAPE_MS = 1_000;
/** By what times are divided, of the alerts that are not here by {@link FACTOR}. */
const FACTORS: Readonly<Record<string, number>> = {
  // Tries again come up to five seconds apart, which has to be shorter than the window that looks for them.
  MillraceSinkFailing: 10,
  MillraceTasksPaused: 10,
  // Its bound lies 5 % below what a watermark that stands comes to: a second.
  MillraceWatermarkStalled: 30,
};
const FACTOR = 60;
/** Scrapes that a baseline takes. */
const BASELINE = 15;
const HOUR_MS = 3_600_000;
const PATIENCE_MS = 100_000;
/** More records than the lag that is borne, of more keys than the task takes in before it waits for its sink. */
const BACKLOG = 3_000;

describe('alerts on a real Prometheus, with times shortened', () => {
  let copy: AirQualityCopy;
  let broken: BrokenPipelines;
  let link: CuttableLink;
  let redis: RedisProcess;
  let upstream: Upstream;
  /** What the upstream waits for before it answers. */
  let gate: Promise<void> | undefined;
  let feeds: string;
  let service: ServiceProcess;
  let prometheus: PrometheusServer;
  const opened: (() => Promise<unknown> | void)[] = [];
  const fired = new Set<string>();

  beforeAll(async () => {
    copy = new AirQualityCopy((yaml) =>
      yaml.replace('partitions: 4', 'partitions: 1').replace('  late: drop', '  checkpoint: { maxRows: 50 }'),
    );
    opened.push(() => copy.close());
    await copy.createTable();
    broken = await BrokenPipelines.in(copy.folder, copy.name);
    opened.push(() => broken.close());
    link = await CuttableLink.to(testServers().cassandra);
    opened.push(() => link.cut());
    redis = await RedisProcess.reserve();
    redis.start();
    opened.push(() => redis.remove());
    upstream = await startUpstream({
      '/numbers': async () => {
        await gate;
        return { body: [{ n: Date.now() }] };
      },
    });
    opened.push(() => upstream.close());
    feeds = mkdtempSync(join(tmpdir(), 'millrace-feeds-'));
    opened.push(() => rmSync(feeds, { recursive: true }));
    const source = `source: { kind: http-poll, url: '${upstream.url}/numbers', every: 1s, timeout: 5m }`;
    writeFileSync(join(feeds, 'numbers.yaml'), feedText(`topic: ${copy.name}.numbers\n${source}`, `${copy.name}-feed`));
    service = await start();
    prometheus = await PrometheusServer.start({
      program: process.env['MILLRACE_TEST_PROMETHEUS'] ?? 'prometheus',
      targets: { millrace: [new URL(service.url).host] },
      rules: readdirSync(RULES).map((file) => shortRules(readFileSync(join(RULES, file), 'utf8'), factorOf)),
      everyMs: SCRAPE_MS,
    });
    opened.push(() => prometheus.stop());
    broken.feed('late', 'fenced');
    await sendLocations(20);
  });
  afterAll(async () => {
    for (const close of opened.splice(0).reverse()) await close();
  });

  function factorOf(alert: string | undefined): number {
    return FACTORS[alert ?? ''] ?? FACTOR;
  }

  /** Resolves once every partition has its task. */
  async function start(): Promise<ServiceProcess> {
    const started = await ServiceProcess.start('alerts', {
      ...{ MILLRACE_PIPELINES: copy.folder, MILLRACE_FEEDS: feeds, MILLRACE_STATE_CACHE_BYTES: '16MiB' },
      ...{ MILLRACE_CASSANDRA_CONTACT_POINTS: link.address, MILLRACE_REDIS_URL: redis.url },
    });
    opened.push(() => started.stop());
    await started.ready();
    await waitUntil('every task runs', async () => {
      const text = await fetch(`${started.url}/metrics`).then((response) => response.text());
      const running = [...text.matchAll(/^millrace_tasks\{.*state="running"\} 1$/gm)];
      return running.length === broken.names.length + 1;
    });
    return started;
  }

  function sendLocations(count: number): Promise<void> {
    const observed_at = new Date().toISOString();
    return copy.produce(
      Array.from({ length: count }, (_, i) => ({
        key: `post-${i}`,
        value: JSON.stringify({ observed_at, location: `post-${i}`, pm25: i }),
      })),
    );
  }

  /** Alerts that fire now, as `Name of what`; they are remembered in {@link fired}. */
  async function firing(): Promise<string[]> {
    const alerts = (await prometheus.alerts()).filter(({ state }) => state === 'firing');
    const names = alerts.map(({ labels }) => `${labels['alertname']} of ${whatOf(labels)}`);
    for (const name of names) fired.add(name);
    return names;
  }

  function whatOf({ pipeline, feed, dependency, job }: Readonly<Record<string, string>>): string {
    return (pipeline ?? feed ?? dependency ?? job ?? 'all').replace(`${copy.name}-`, '').replace(copy.name, 'sink');
  }

  /** Resolves once each of them has fired since the last {@link untilClear}. */
  async function untilFired(...expected: readonly string[]): Promise<void> {
    const missing = () => expected.filter((alert) => !fired.has(alert));
    const look = async () => (await firing()) && missing().length === 0;
    await waitUntil('the alerts fire', look, PATIENCE_MS, SCRAPE_MS).catch(() => undefined);
    expect(missing()).toEqual([]);
  }

  async function untilClear(): Promise<void> {
    let left: string[] = [];
    const look = async () => (left = await firing()).length === 0;
    await waitUntil('nothing fires', look, PATIENCE_MS, SCRAPE_MS).catch(() => undefined);
    expect(left).toEqual([]);
    fired.clear();
  }

  it('do not fire while nothing is wrong', async () => {
    await waitUntil('there is a baseline', async () => {
      const [scrapes] = await prometheus.query('sum_over_time(up{job="millrace"}[1m])');
      return scrapes !== undefined && scrapes.value >= BASELINE;
    });
    expect(await prometheus.brokenRules()).toEqual([]);
    await untilClear();
  });

  it('fire for what is broken in a service that lives, and clear when it is mended', async () => {
    await link.cut();
    await sendLocations(BACKLOG);
    const letAnswer = holdUpstream();
    await broken.sendBad('dead', 3);
    // Six of them spend the budget; the rest must not spend it again.
    await broken.sendBad('budget', 8);
    await broken.send('late', timesMs(50, Date.now() - HOUR_MS));
    await broken.send('full', timesMs(2_000, Date.now() - 24 * HOUR_MS), 'x'.repeat(1_200));
    const thief = steal('fenced');
    await untilFired(
      ...['MillraceSinkFailing of sink', 'MillraceCheckpointTooOld of sink', 'MillraceLagGrowing of sink'],
      ...['MillraceWatermarkStalled of sink', 'MillraceFeedSilent of feed', 'MillraceDeadLetters of dead'],
      ...['MillraceTasksPaused of budget', 'MillraceLateRecords of late', 'MillraceStateNearBound of full'],
      'MillraceFencedStorm of fenced',
    ).finally(() => thief.stop());

    await link.mend();
    letAnswer();
    await resume('budget');
    await broken.send('full', [Date.now()]);
    await untilClear();
  });

  it('fire for a Redis that is nearly full, and clear when it may keep more', async () => {
    const info = String(await redis.command('INFO', 'memory'));
    const used = Number(/^used_memory:(\d+)/m.exec(info)![1]);
    await redis.command('CONFIG', 'SET', 'maxmemory', String(Math.round(used * 1.07)));
    await untilFired('MillraceStateNearBound of redis');
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    await untilClear();
  });

  it('fire for a failed task and for a process that is gone, and clear when another one has taken over', async () => {
    await broken.send('failed', [Date.now()], 'x'.repeat(2_000));
    await untilFired('MillraceTaskFailed of failed');
    await service.kill();
    await untilFired('MillraceDown of millrace');
    await broken.letLargeRowsThrough();
    service = await start();
    prometheus.retarget({ millrace: [new URL(service.url).host] });
    await untilClear();
  });

  /** The upstream answers nobody until the function that is returned is called. */
  function holdUpstream(): () => void {
    let open!: () => void;
    gate = new Promise((resolve) => (open = resolve));
    return open;
  }

  /** Another owner claims the task again and again, until it is stopped. */
  function steal(from: Broken): { stop(): Promise<void> } {
    const end = new AbortController();
    const client = connectRedis({ url: redis.url });
    const store = new RedisStateStore(client);
    const claims = async (): Promise<void> => {
      await waitUntil('Redis answers', () => client.ping().then(Boolean, () => false));
      while (!end.signal.aborted) {
        await StoreOwner.claim(store, { pipeline: broken.nameOf(from), partition: 0 });
        await delay(SCRAPE_MS, undefined, { signal: end.signal }).catch(() => undefined);
      }
      client.disconnect();
    };
    const ended = claims();
    const stop = (): Promise<void> => {
      end.abort();
      return ended;
    };
    return { stop };
  }

  async function resume(paused: Broken): Promise<void> {
    const url = `${service.url}/v1/pipelines/${broken.nameOf(paused)}:resume`;
    expect((await fetch(url, { method: 'POST' })).ok).toBe(true);
  }
});

function timesMs(count: number, firstMs: number): number[] {
  return Array.from({ length: count }, (_, i) => firstMs + i);
}
