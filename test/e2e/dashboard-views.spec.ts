import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { FeedView } from '../../src/ingestion/feeds/feed-view';
import { contrastViolationsOf, violationsOf } from '../support/accessibility';
import { type Complaints, complaintsOf, launchBrowser } from '../support/browser';
import { COIN, PEAKS, PEAKS_YAML, SILENT, SILENT_YAML, VIEW_SAMPLES, type ViewSample } from '../support/page-views';
import { ServiceProcess } from '../support/service';
import { startUpstreams, type Upstreams } from '../support/upstreams/index.mjs';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(120_000);

const SHIPPED = join(__dirname, '..', '..', 'pipelines');
const PICTURES = join(__dirname, '..', '..', 'test-results', 'page');
/** The first rows of some pipelines take as long as their windows. */
const FIRST_ROWS_MS = 90_000;
/** What differs is looked at: colours do not depend on the width, nor places on the colours. */
const SIZES = [
  [1280, 'light', violationsOf],
  [1280, 'dark', contrastViolationsOf],
  [375, 'light', violationsOf],
  [375, 'dark', undefined],
] as const;
/** Sixty days of the readings: enough for every view, and over in seconds. */
const LAST_HOUR = '2013-03-01T16:00:00Z';
const READINGS_OF_ALL_POSTS = 60 * 24 * 5;

describe('the views of the page', () => {
  let upstreams: Upstreams;
  let service: ServiceProcess;
  let browser: Browser;
  let page: Page;
  let complaints: Complaints;

  beforeAll(async () => {
    upstreams = await startUpstreams();
    service = await ServiceProcess.start('views', {
      ...upstreams.environment,
      AIRNOW_END: `timestamp("${LAST_HOUR}")`,
      MILLRACE_MODE: 'embedded',
      MILLRACE_FEEDS: './feeds',
      MILLRACE_PIPELINES: shippedAndOurs(),
    });
    browser = await launchBrowser();
    // One for all views, as somebody has it: nobody loads the page anew to go to another.
    page = await browser.newPage();
    complaints = complaintsOf(page, service.url);
    await service.ready();
    await readingsAreIn();
    await ingest('air-quality.readings', { observed_at: LAST_HOUR, location: 'Nanjing US Post', pm25: 4171 });
    await ingest('crypto.tickers', { ...COIN, price_usd: 41.71, ts: Math.floor(Date.now() / 1000) });
  });

  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await upstreams?.close();
  });

  beforeEach(async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.emulateMedia({ colorScheme: 'light' });
  });

  /** What is older than the newest reading of a partition can be late: nothing newer is sent before. */
  async function readingsAreIn(): Promise<void> {
    await waitUntil('the feed has played all readings', async () => {
      const { status } = await service.json<FeedView>('/v1/feeds/airnow-hourly');
      return status?.counts.records === READINGS_OF_ALL_POSTS;
    });
  }

  async function ingest(topic: string, record: unknown): Promise<void> {
    await waitUntil(`${topic} takes records`, async () => {
      const response = await fetch(`${service.url}/v1/ingest/${topic}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(record),
      });
      if (response.status === 202 || response.status === 503) return response.status === 202;
      throw new Error(`${topic}: ${response.status} ${await response.text()}`);
    });
  }

  async function open(sample: ViewSample): Promise<void> {
    await page.goto(`${service.url}/#/${sample.path}`);
    await isShown(sample);
  }

  async function isShown({ shows }: ViewSample): Promise<void> {
    for (const [selector, text] of shows) {
      await page.locator(selector, { hasText: text }).first().waitFor({ timeout: FIRST_ROWS_MS });
    }
  }

  const sampleOf = (path: string): ViewSample => VIEW_SAMPLES.find((sample) => sample.path === path)!;

  it.each(VIEW_SAMPLES)('$path is in nobody’s way, wide and narrow, light and dark', async (sample) => {
    await open(sample);
    expect(await page.locator('h1').innerText()).toBe(sample.title);
    for (const [width, colorScheme, violationsOfPage] of SIZES) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      const name = `${sample.path.replaceAll('/', '-')}-${width}-${colorScheme}`;
      await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      const violations = (await violationsOfPage?.(page)) ?? [];
      expect({ name, overflow, violations }).toEqual({ name, overflow: 0, violations: [] });
    }
    expect(complaints).toEqual({ errors: [], foreign: [] });
  });

  it('are reached by keyboard, and by the skip link what is in them', async () => {
    await open(sampleOf('overview'));
    // As it is for somebody who comes: nothing has the focus.
    await page.reload();
    await isShown(sampleOf('overview'));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toMatch(/^air-quality-/);
    await page.keyboard.press('Enter');
    await page.locator('#name', { hasText: 'air-quality-' }).waitFor();
    await page.goBack();
    await page.locator('h1', { hasText: 'Overview' }).waitFor();
  });

  it('tell on the overview what was lost, and lead to it', async () => {
    await open(sampleOf('overview'));
    await page.locator(`#pipeline-table a.bad[href$="${PEAKS}"]`).click();
    await page.locator('.letter', { hasText: '4171' }).first().waitFor({ state: 'attached' });
  });

  it('send a dead letter again, put right, and the row is there', async () => {
    await open(sampleOf(`dead-letters/${PEAKS}`));
    await page.locator('.letter button', { hasText: 'Replay' }).first().click();
    await page.locator('#patch').fill('["no object"]');
    await page.keyboard.press('Tab');
    await page.locator('dialog[open] button[type=submit]').click();
    await page.locator('.field-trouble', { hasText: 'no JSON object' }).waitFor();
    await page.locator('#patch').fill('{"values": {"max_pm25": 999}}');
    await page.locator('dialog[open] button[type=submit]').click();
    await page.locator('.told', { hasText: '1 replayed.' }).waitFor();
    await page.goto(`${service.url}/#/pipelines/${PEAKS}`);
    await page.locator('#latest tbody tr', { hasText: '999' }).waitFor();
  });

  it('draw a candle anew when a price comes', async () => {
    await open(sampleOf('crypto'));
    await page.locator('#candles select').selectOption({ label: 'Testcoin (TST)' });
    await page.locator('#candles h2', { hasText: 'Testcoin (TST): $41.71' }).waitFor();
    await ingest('crypto.tickers', { ...COIN, price_usd: 0.000_024_43, ts: Math.floor(Date.now() / 1000) });
    await page.locator('#candles h2', { hasText: 'Testcoin (TST): $0.00002443' }).waitFor();
    await page.locator('#candles .segments button', { hasText: '1 h' }).press('Enter');
    await page.locator('#candles', { hasText: /hourly candle/ }).waitFor();
    await page.locator('#candles h2', { hasText: 'Testcoin (TST): $0.00002443' }).waitFor();
  });

  it('say what is being read, what is not there and what failed', async () => {
    const seen = Promise.withResolvers<void>();
    await page.route('**/rows?*', async (route) => {
      await seen.promise;
      await route.fulfill({ status: 503, json: { detail: 'Cassandra is away.' } });
    });
    await page.goto(`${service.url}/#/pipelines/air-quality-daily`);
    await page.locator('#chart-panel[data-state=loading] .panel-message', { hasText: 'Reading rows' }).waitFor();
    seen.resolve();
    await page.locator('#chart-panel[data-state=error] .panel-message', { hasText: 'Cassandra is away.' }).waitFor();
    await page.unroute('**/rows?*');
    await page.locator('#chart-panel[data-state=ready]').waitFor();
    await page.goto(`${service.url}/#/pipelines/${SILENT}`);
    await page.locator('#chart-panel[data-state=empty] .panel-message', { hasText: 'No rows yet.' }).waitFor();
  });

  it('show every pipeline at work, and none in trouble', async () => {
    const { pipelines } = await service.json<{ pipelines: { name: string; state: string }[] }>('/v1/pipelines');
    expect(pipelines.filter(({ state }) => state !== 'running')).toEqual([]);
    expect(pipelines.length).toBeGreaterThan(25);
  });
});

function shippedAndOurs(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-views-'));
  cpSync(SHIPPED, folder, { recursive: true });
  writeFileSync(join(folder, `${PEAKS}.yaml`), PEAKS_YAML);
  writeFileSync(join(folder, `${SILENT}.yaml`), SILENT_YAML);
  return folder;
}
