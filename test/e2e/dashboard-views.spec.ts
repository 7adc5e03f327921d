import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { violationsOf } from '../support/accessibility';
import { complaintsOf, launchBrowser } from '../support/browser';
import { PEAKS, PEAKS_YAML, VIEW_SAMPLES, type ViewSample } from '../support/page-views';
import { ServiceProcess } from '../support/service';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(120_000);

const PICTURES = join(__dirname, '..', '..', 'test-results', 'page');
const SIZES = [
  [1280, 'light'],
  [1280, 'dark'],
  [375, 'light'],
  [375, 'dark'],
] as const;
const SHIPPED = join(__dirname, '..', '..', 'pipelines');

describe('the views of the page', () => {
  let service: ServiceProcess;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    service = await ServiceProcess.start('views', {
      MILLRACE_MODE: 'embedded',
      MILLRACE_PIPELINES: shippedWithPeaks(),
    });
    browser = await launchBrowser();
    await service.ready();
    const nowMs = Date.now();
    for (const { topic, records } of VIEW_SAMPLES) if (topic && records) await ingest(topic, records(nowMs));
    await ingest('air-quality.readings', [
      { observed_at: new Date(nowMs).toISOString(), location: 'Nanjing US Post', pm25: 4171 },
    ]);
  });

  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  afterEach(() => page?.close());

  async function ingest(topic: string, records: readonly unknown[]): Promise<void> {
    await waitUntil(`${topic} takes records`, async () => {
      const response = await fetch(`${service.url}/v1/ingest/${topic}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-ndjson' },
        body: records.map((record) => JSON.stringify(record)).join('\n'),
      });
      if (response.status === 202 || response.status === 503) return response.status === 202;
      throw new Error(`${topic}: ${response.status} ${await response.text()}`);
    });
  }

  async function open(
    { path, shows: [selector, text] }: ViewSample,
    options: Parameters<Browser['newPage']>[0] = {},
  ): Promise<void> {
    page = await browser.newPage(options);
    await page.goto(`${service.url}/#/${path}`);
    await page.locator(selector, { hasText: text }).first().waitFor();
  }

  const sampleOf = (path: string): ViewSample => VIEW_SAMPLES.find((sample) => sample.path === path)!;

  describe.each(VIEW_SAMPLES)('$path', (sample) => {
    it.each(SIZES)('has nothing in anybody’s way at a width of %i in a %s scheme', async (width, colorScheme) => {
      await open(sample, { viewport: { width, height: 900 }, colorScheme });
      const complaints = complaintsOf(page, service.url);
      await page.reload();
      await page.locator(sample.shows[0], { hasText: sample.shows[1] }).first().waitFor();
      const name = `${sample.path.replaceAll('/', '-')}-${width}-${colorScheme}.png`;
      await page.screenshot({ path: join(PICTURES, name), fullPage: true });
      expect(await page.locator('h1').innerText()).toBe(sample.title);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      expect(await violationsOf(page)).toEqual([]);
      expect(complaints).toEqual({ errors: [], foreign: [] });
    });
  });

  it('are reached by keyboard, and by the skip link what is in them', async () => {
    await open(sampleOf('overview'));
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
    await page.locator('#pipeline-table a.bad').first().click();
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
    await page.locator('.bars', { hasText: 'BTC' }).waitFor();
    const price = { id: '90', symbol: 'BTC', name: 'Bitcoin', price_usd: 123_456.78, volume24: 1 };
    await ingest('crypto.tickers', [{ ...price, ts: Math.floor(Date.now() / 1000) }]);
    await page.locator('#candles h2', { hasText: '$123,456.78' }).waitFor();
    await page.locator('#candles .segments button', { hasText: '1 h' }).press('Enter');
    await page.locator('#candles', { hasText: 'hourly candles' }).waitFor();
    await page.locator('#candles select').selectOption({ label: 'Shiba Inu (SHIB)' });
    await page.locator('#candles h2', { hasText: /Shiba Inu \(SHIB\): \$0\.0000\d+/ }).waitFor();
  });

  it('say what is being read, what is not there and what failed', async () => {
    page = await browser.newPage();
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
  });
});

function shippedWithPeaks(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-views-'));
  cpSync(SHIPPED, folder, { recursive: true });
  writeFileSync(join(folder, `${PEAKS}.yaml`), PEAKS_YAML);
  return folder;
}
