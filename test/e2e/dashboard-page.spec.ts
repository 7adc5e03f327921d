import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Socket } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { ApiModule } from '../../src/api/api.module';
import { DashboardModule } from '../../src/dashboard/dashboard.module';
import { LiveModule } from '../../src/live/live.module';
import { violationsOf } from '../support/accessibility';
import { ApiFixture } from '../support/api-fixture';
import { type Complaints, complaintsOf, describeApi, launchBrowser } from '../support/browser';
import { taskStatus } from '../support/task-status';

const DAY = 86_400_000;
const JUNE_1 = Date.parse('2013-06-01T00:00:00+08:00');

describe('the page', () => {
  let browser: Browser;
  let world: ApiFixture;
  let app: NestExpressApplication;
  let url: string;
  let page: Page;
  let complaints: Complaints;
  const connections: Socket[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(() => browser.close());

  beforeEach(async () => {
    world = new ApiFixture();
    await world.claimAll();
    for (let day = 0; day < 40; day++) {
      await record(0, 'Beijing', day, 10 + day);
      await record(1, 'Shanghai', day, 100 + day);
    }
    world.owned = [taskStatus(0, { lagRecords: 12_000 }), taskStatus(1)];
    ({ app, url } = await world.start([ApiModule, LiveModule, DashboardModule], describeApi));
    connections.length = 0;
    app.getHttpServer().on('connection', (connection: Socket) => connections.push(connection));
  });

  afterEach(async () => {
    await page.close();
    await app.close();
  });

  async function record(partition: number, location: string, day: number, value: number): Promise<void> {
    world.task(partition).add(location, JUNE_1 + day * DAY, value);
    await world.task(partition).commit();
  }

  async function open(
    options: Parameters<Browser['newPage']>[0] = {},
    path = '/#/pipelines/air-quality-daily',
  ): Promise<void> {
    page = await browser.newPage(options);
    complaints = complaintsOf(page, url);
    await page.goto(`${url}${path}`);
  }

  /** The text of a row of the table of latest values, once it has `text`. */
  async function latest(location: string, text: string): Promise<string> {
    const row = page.locator('#latest tbody tr', { hasText: location }).filter({ hasText: text });
    await row.waitFor();
    return row.innerText();
  }

  function figure(label: string): Promise<string> {
    return page.locator('.figure', { hasText: label }).innerText();
  }

  it('shows what runs, how far it is and the latest values', async () => {
    await open();
    expect(await latest('Beijing', '49')).toBe('Beijing\t49\t49\t49\t1\t10 Jul 2013\topen');
    expect(await page.locator('h1').first().innerText()).toBe('air-quality-daily');
    expect(await page.locator('#state').innerText()).toBe('running · 2 of 2 tasks here');
    expect(await figure('Lag')).toContain('12,000');
    expect(await page.locator('.chart').getAttribute('aria-label')).toBe(
      'air-quality-daily. avg_pm25, 40 days, of Beijing, Shanghai',
    );
    expect(await page.locator('#tasks tbody tr').count()).toBe(2);
  });

  it('follows changes without being reloaded', async () => {
    await open();
    await latest('Shanghai', '139');
    await record(1, 'Shanghai', 40, 321);
    expect(await latest('Shanghai', '321')).toContain('11 Jul 2013');
    await page.locator('.chart[aria-label*="avg_pm25, 41 days"]').waitFor();
  });

  it('misses nothing of what happened while its connection was cut', async () => {
    await open();
    await latest('Beijing', '49');
    await page.locator('#feed[data-state=live]').waitFor();
    connections.forEach((connection) => connection.destroy());
    await record(0, 'Beijing', 40, 555);
    await record(0, 'Beijing', 40, 557);
    expect(await latest('Beijing', '556')).toBe('Beijing\t556\t557\t555\t2\t11 Jul 2013\topen');
  });

  it('lets lines be chosen with the keyboard, and one alone shows its band', async () => {
    await open();
    const chip = page.locator('.chip', { hasText: 'Shanghai' });
    await chip.focus();
    await page.keyboard.press('Space');
    expect(await chip.getAttribute('aria-pressed')).toBe('false');
    expect(await page.locator('.chart').getAttribute('aria-label')).toBe(
      'air-quality-daily. avg_pm25, 40 days, of Beijing',
    );
    expect(await page.locator('#chart-panel .hint').innerText()).toContain('band from least to greatest');
    await page.locator('#chart-panel .segments button', { hasText: '30 days' }).press('Enter');
    expect(await page.locator('.chart').getAttribute('aria-label')).toBe(
      'air-quality-daily. avg_pm25, 30 days, of Beijing',
    );
  });

  it('tells the chart in a table too', async () => {
    await open();
    await latest('Beijing', '49');
    await page.locator('#chart-panel summary').press('Enter');
    const newest = page.locator('#chart-panel .as-table tbody tr').first();
    await newest.waitFor();
    expect(await newest.innerText()).toBe('10 Jul 2013\t49\t139');
  });

  it('follows changes over an event stream where no WebSocket gets through', async () => {
    page = await browser.newPage();
    await page.routeWebSocket('**/v1/live', (socket) => void socket.close());
    await page.goto(`${url}/#/pipelines/air-quality-daily`);
    await latest('Beijing', '49');
    await record(0, 'Beijing', 40, 555);
    expect(await latest('Beijing', '555')).toContain('11 Jul 2013');
    expect(await page.locator('#feed').getAttribute('data-state')).toBe('live');
  });

  it('shows the way of the records, with what each part does', async () => {
    await open();
    await page.locator('.graph .node[data-kind=aggregate]').waitFor();
    const labels = await page.locator('.graph .node-label').allInnerTexts();
    expect(labels.slice(0, 2)).toEqual(['air-quality.readings', 'pm25 != null && pm25 >= 0']);
    expect(labels).toContain('air-quality.readings.dead');
  });

  it('asks nobody but its own service, and breaks no policy', async () => {
    await open();
    await latest('Beijing', '49');
    expect(complaints).toEqual({ errors: [], foreign: [] });
  });

  it('shows why a definition was refused', async () => {
    const problem = { file: 'bad.yaml', line: 3, column: 5, message: 'unknown field "wher"; did you mean "where"?' };
    world.refused = [{ name: 'bad', problems: [problem] }];
    await open({}, '/#/pipelines/bad');
    await page.locator('.problems').waitFor();
    expect(await page.locator('.problems').innerText()).toBe(
      'bad.yaml:3:5: unknown field "wher"; did you mean "where"?',
    );
  });

  it('says so when there is no such pipeline, or no such view', async () => {
    await open({}, '/#/pipelines/tides');
    await page.locator('h1', { hasText: 'There is no pipeline tides' }).waitFor();
    await page.goto(`${url}/#/tides`);
    await page.locator('h1', { hasText: 'There is no such view' }).waitFor();
  });

  it('says so when the service is away, and goes on when it is back', async () => {
    await open();
    await latest('Beijing', '49');
    await page.route('**/v1/pipelines', (route) => route.abort());
    await page.locator('#trouble', { hasText: /does not answer.*of \d\d:\d\d:\d\d.*\d s old/s }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await page.unroute('**/v1/pipelines');
    await page.locator('#trouble').waitFor({ state: 'hidden' });
  });

  it.each([
    [390, 'light'],
    [390, 'dark'],
    [1280, 'light'],
    [1280, 'dark'],
  ] as const)('fits a width of %i in a %s scheme', async (width, colorScheme) => {
    await open({ viewport: { width, height: 800 }, colorScheme });
    await latest('Beijing', '49');
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(overflow).toBeLessThanOrEqual(0);
    expect(ground).toBe(colorScheme === 'light' ? 'rgb(245, 247, 246)' : 'rgb(14, 20, 19)');
  });
});
