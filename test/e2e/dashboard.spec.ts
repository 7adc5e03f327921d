import type { Browser, Page } from 'playwright-core';
import type { FeedView } from '../../src/ingestion/feeds/feed-view';
import type { RowJson } from '../../src/core/row/row-json';
import { type Complaints, complaintsOf, launchBrowser } from '../support/browser';
import { expectedDailyRows } from '../support/readings';
import { ServiceProcess } from '../support/service';
import { startUpstreams, type Upstreams } from '../support/upstreams/index.mjs';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(120_000);

const POST = 'Beijing US Post';
/** Of the shipped file. */
const READINGS = 131_400;
const CHINA_MS = 8 * 3_600_000;

describe('the page of a service that was just started with its demonstration', () => {
  let upstreams: Upstreams;
  let service: ServiceProcess;
  let browser: Browser;
  let page: Page;
  let complaints: Complaints;

  beforeAll(async () => {
    upstreams = await startUpstreams();
    const env = { ...upstreams.environment, MILLRACE_MODE: 'embedded', MILLRACE_FEEDS: './feeds' };
    service = await ServiceProcess.start('dashboard', env, ['--demo']);
    browser = await launchBrowser();
    await service.ready();
    page = await browser.newPage();
    complaints = complaintsOf(page, service.url);
    await page.goto(`${service.url}/#/pipelines/air-quality-daily`);
  });

  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await upstreams?.close();
  });

  it('shows that the pipeline runs, and how fast', async () => {
    await page.locator('h1', { hasText: 'air-quality-daily' }).waitFor();
    await page.locator('#state[data-state=running]', { hasText: '4 of 4 tasks here' }).waitFor();
    await page.locator('#feed[data-state=live]').waitFor();
    await page.locator('.figure', { hasText: 'Accepted' }).filter({ hasText: /[1-9]/ }).waitFor();
  });

  it('has every feed of the demonstration produce within a minute', async () => {
    await waitUntil('all feeds have produced records', async () => {
      const { feeds } = await service.json<{ feeds: FeedView[] }>('/v1/feeds');
      return feeds.length > 0 && feeds.every(({ status }) => (status?.counts.records ?? 0) > 0);
    });
  });

  it('draws the daily PM2.5 of the posts, and tells it in text', async () => {
    await page.locator(`.chart[aria-label*="${POST}"]`).waitFor();
    expect(await page.locator('#chart-panel h2').innerText()).toBe('Average pm25 by day');
    expect(await page.locator('#chart-panel .hint').innerText()).toMatch(
      /^µg\/m³ · \d+ days? · each on its own clock$/,
    );
    // Some days are closed then.
    await page.locator('#chart-panel .hint', { hasText: /\b([3-9]|\d{2,}) days/ }).waitFor();
    await page.locator('#latest tbody tr', { hasText: POST }).waitFor();
  });

  it('shows the newest hours of every post, however long its past is', async () => {
    await waitUntil('three years have been played', async () => {
      const { status } = await service.json<FeedView>('/v1/feeds/airnow-hourly');
      return status?.counts.records === READINGS;
    });
    await page.goto(`${service.url}/#/air-quality`);
    await page.locator('#air-hourly button', { hasText: 'Shenyang US Post' }).waitFor({ timeout: 60_000 });
    await page.goto(`${service.url}/#/pipelines/air-quality-daily`);
    await page.locator('#latest tbody tr', { hasText: POST }).waitFor();
  });

  it('shows days that equal what the file says, computed in another way', async () => {
    const expected = expectedDailyRows();
    const query = new URLSearchParams({ 'key.location': POST, limit: '1000' });
    const answer = await service.json<{ rows: RowJson[] }>(`/v1/pipelines/air-quality-daily/rows?${query.toString()}`);
    const closed = answer.rows.filter(({ final }) => final);
    expect(closed.length).toBeGreaterThan(0);
    for (const { window, values } of closed) {
      const date = new Date(Date.parse(window!.start) + CHINA_MS).toISOString().slice(0, 10);
      const { avg_pm25, ...exact } = expected.get(`${POST}|${date}`)!;
      expect(values).toEqual({ ...exact, avg_pm25: expect.closeTo(avg_pm25, 9) });
    }
  });

  it('changes while it is open, because a reading came', async () => {
    const shown = await page.locator('.figure', { hasText: 'Accepted' }).innerText();
    const record = { observed_at: '2016-01-05T08:00:00+08:00', location: POST, pm25: 4171 };
    const response = await fetch(`${service.url}/v1/ingest/air-quality.readings`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(record),
    });
    expect(response.status).toBe(202);
    await page.locator('#latest tbody tr', { hasText: POST }).filter({ hasText: '4,171' }).waitFor();
    await page.locator('.figure', { hasText: 'Accepted' }).filter({ hasNotText: shown }).waitFor();
  });

  it('asks nobody but its own service, and breaks no policy', () => {
    expect(complaints).toEqual({ errors: [], foreign: [] });
  });
});
