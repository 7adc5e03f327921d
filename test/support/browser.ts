import type { INestApplication } from '@nestjs/common';
import { type Browser, chromium, type Page } from 'playwright-core';
import { setupOpenApi } from '../../src/api/open-api';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env['MILLRACE_TEST_CHROMIUM'] ?? '/usr/bin/chromium';
  return chromium.launch({ executablePath, args: ARGS });
}

/** What a page must never do, gathered while it is open. */
export interface Complaints {
  /** Errors that the browser reports, a violation of the page's policy too. */
  readonly errors: string[];
  /** Requests to another origin. */
  readonly foreign: string[];
}

export function complaintsOf(page: Page, url: string): Complaints {
  const complaints: Complaints = { errors: [], foreign: [] };
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.errors.push(message.text());
  });
  page.on('pageerror', (error) => complaints.errors.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) complaints.foreign.push(request.url());
  });
  return complaints;
}

/** The page reads in the service's own description which views there are. */
export function describeApi(app: INestApplication): void {
  setupOpenApi(app, '0.0.0');
}
