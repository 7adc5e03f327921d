import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { at } from './project.mjs';

/** Of each view: its address, its picture, and how many pixels of its height the picture has. */
const PICTURES = [
  { view: 'overview', height: 1000 },
  { view: 'pipelines/air-quality-daily', name: 'pipeline', height: 1250 },
  { view: 'air-quality', height: 1300 },
  { view: 'crypto', height: 1150 },
  { view: 'reading', height: 900 },
  { view: 'users', height: 1000 },
  { view: 'sensors', height: 1250 },
  { view: 'model', height: 1250 },
  { view: 'feeds', height: 620 },
  { view: 'air-quality', name: 'air-quality-phone', width: 375, height: 812, colorScheme: 'dark' },
];
const IMAGES = at('docs', 'images');
const LOOKED_AT = at('test-results', 'pictures');
const LATEST_MS = 60_000;
/** Rates are of the last seconds. */
const RATES_MS = 6_000;
const QUALITY = 85;

/**
 * Takes the pictures of the page that the documents show, from a service that runs with its demonstration:
 * `node scripts/take-pictures.mjs [URL]`. Look at each before it is committed. A demonstration has no dead letters: that picture is of
 * the browser tests, which leave theirs in test-results/page.
 */
async function main([url = 'http://127.0.0.1:3000']) {
  const executablePath = process.env.MILLRACE_TEST_CHROMIUM ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  mkdirSync(IMAGES, { recursive: true });
  try {
    for (const picture of PICTURES) await take(browser, url, picture);
  } finally {
    await browser.close();
  }
}

async function take(browser, url, { view, name = view, width = 1280, height, colorScheme = 'light' }) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  const page = await context.newPage();
  await page.goto(`${url}/#/${view}`);
  await page.locator('h1').waitFor({ timeout: LATEST_MS });
  await page.waitForFunction(() => !document.querySelector('[data-state=loading]'), null, { timeout: LATEST_MS });
  await page.waitForTimeout(RATES_MS);
  // For whoever looks at it with what knows no WebP.
  await page.screenshot({ path: join(LOOKED_AT, `${name}.png`) });
  const session = await context.newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
  const file = join(IMAGES, `page-${name}.webp`);
  writeFileSync(file, Buffer.from(data, 'base64'));
  console.log(`${file}: ${Math.round((data.length * 3) / 4 / 1024)} KiB`);
  await context.close();
}

await main(process.argv.slice(2));
