import { APP_GUARD } from '@nestjs/core';
import { Global, Module } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Browser, Page } from 'playwright-core';
import { Access } from '../../src/access/access';
import { AccessGuard } from '../../src/access/access.guard';
import { ApiModule } from '../../src/api/api.module';
import { parseApiKeys } from '../../src/config/api-keys';
import { DashboardModule } from '../../src/dashboard/dashboard.module';
import { LiveModule } from '../../src/live/live.module';
import { violationsOf } from '../support/accessibility';
import { ApiFixture } from '../support/api-fixture';
import { describeApi, launchBrowser } from '../support/browser';

const KEY = 'a+b/c==~key';
const JUNE_1 = Date.parse('2013-06-01T00:00:00+08:00');

const access = new Access({ policy: 'keys', keys: parseApiKeys(KEY), origins: [] });

@Global()
@Module({
  providers: [
    { provide: APP_GUARD, useValue: new AccessGuard(access) },
    { provide: Access, useValue: access },
  ],
  exports: [Access],
})
class Locked {}

describe('the page of a service that asks for a key', () => {
  let browser: Browser;
  let world: ApiFixture;
  let app: NestExpressApplication;
  let page: Page;

  beforeAll(async () => {
    browser = await launchBrowser();
    world = new ApiFixture();
    await world.claimAll();
    await record(10);
    const started = await world.start([ApiModule, LiveModule, DashboardModule, Locked], describeApi);
    app = started.app;
    page = await browser.newPage();
    await page.goto(`${started.url}/#/pipelines/air-quality-daily`);
  });

  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  async function record(value: number): Promise<void> {
    world.task(0).add('Beijing', JUNE_1, value);
    await world.task(0).commit();
  }

  async function sayKey(key: string): Promise<void> {
    await page.locator('#key').fill(key);
    await page.keyboard.press('Enter');
  }

  it('asks for it, and again when it is wrong', async () => {
    await page.locator('#sign-in[open]', { hasText: 'asks for an API key' }).waitFor();
    expect(await violationsOf(page)).toEqual([]);
    await sayKey('guess');
    await page.locator('#sign-in[open]', { hasText: 'not known' }).waitFor();
  });

  it('shows all with it, and follows changes', async () => {
    await sayKey(KEY);
    await page.locator('#latest tbody tr', { hasText: 'Beijing' }).waitFor();
    await page.locator('#feed[data-state=live]').waitFor();
    await record(4171);
    await page.locator('#latest tbody tr', { hasText: '4,171' }).waitFor();
  });

  it('forgets it when it is told to', async () => {
    await page.locator('#sign-out').click();
    await page.locator('#sign-in[open]', { hasText: 'asks for an API key' }).waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });
});
