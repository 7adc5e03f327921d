import 'reflect-metadata';

import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';

import { setupAccess } from './access/setup-access';
import { setupOpenApi } from './api/open-api';
import { AppModule } from './app.module';
import { embeddedPorts } from './composition/embedded-ports';
import { endOnSignal } from './composition/end-on-signal';
import { externalPorts } from './composition/external-ports';
import { tracingOf } from './composition/tracing-of';
import type { MillraceConfig } from './config/config';
import { auditLogOf, createLogger } from './config/logger';
import { maskedConfig } from './config/mask';
import { NestLogger } from './config/nest-logger';
import type { Environment } from './config/setting-sources';
import { DEFAULT_FEEDS } from './config/settings';
import { takeSecrets } from './config/take-secrets';
import { ConfigError } from './core/errors';
import { type Problem, problemText } from './core/pipeline/problem';
import type { Log } from './core/ports/log.port';
import { type FeedCatalog, readFeeds } from './ingestion/feeds/feed-catalog';
import { BatchTransport } from './processing/batch-transport';
import { ProcessingService } from './processing/processing.service';
import { readCatalog } from './processing/read-catalog';
import { connectQueries } from './queries/connect-queries';
import type { PipelineCatalog } from './runtime/pipeline-catalog';
import { VERSION } from './version';

export interface StartOptions {
  /** Whether to print the page's address. */
  readonly demo: boolean;
}

/**
 * Starts the service: HTTP answers at once; pipelines come up as their servers do. SIGTERM and SIGINT write a last
 * checkpoint, leave the groups and end the process.
 *
 * Throws ConfigError when the configuration or the pipelines folder cannot be used. A pipeline file with a problem is
 * refused and logged; the others run, unless `MILLRACE_ON_REFUSED` is `fail`, which makes it a ConfigError too.
 */
export async function startService(config: MillraceConfig, { demo }: StartOptions): Promise<NestExpressApplication> {
  const tracing = await tracingOf(config, process.env);
  const log = createLogger(config.logLevel, undefined, tracing?.logFields);
  log.info({ event: 'service.starting', version: VERSION, config: maskedConfig(config) }, 'Millrace starts');
  const environment = takeSecrets(process.env);
  const catalog = await catalogOf(config, log);
  const feeds = await feedsOf(config, catalog, environment, log);
  const ports =
    config.mode === 'embedded'
      ? embeddedPorts(undefined, tracing)
      : externalPorts(config, catalog.pipelines, log, tracing);
  const parts = { config, catalog, feeds, ports, log, auditLog: auditLogOf(log) };
  const app = await NestFactory.create<NestExpressApplication>(AppModule.of(parts), {
    logger: new NestLogger(log),
    forceCloseConnections: true,
    bodyParser: false,
  });
  setupAccess(app, config, log);
  setupOpenApi(app, VERSION);
  endOnSignal(app, log, config.shutdownTimeoutMs);
  const processing = app.get(ProcessingService);
  if (config.roles.includes('serve')) connectQueries(app, { config, ports, processing, log });
  await bringUpPipelines(app, config, processing);
  await app.listen(config.http.port, config.http.host);
  const url = (await app.getUrl()).replace('[::1]', 'localhost').replace('0.0.0.0', 'localhost');
  log.info({ event: 'service.listening', url }, `Millrace listens at ${url}`);
  if (demo) process.stderr.write(`\n  Millrace runs: ${url}/\n\n`);
  return app;
}

async function catalogOf(config: MillraceConfig, log: Log): Promise<PipelineCatalog> {
  const catalog = await readCatalog(config);
  for (const problem of catalog.refused.flatMap(({ problems }) => problems)) {
    log.error({ event: 'pipeline.refused', ...problem }, problemText(problem));
  }
  refuse(
    config,
    catalog.refused.flatMap(({ problems }) => problems),
  );
  return catalog;
}

/** So that a roll-out with a wrong definition stops at its first process, and the ones before run on. */
function refuse({ onRefused }: MillraceConfig, problems: readonly Problem[]): void {
  if (onRefused === 'run-others' || problems.length === 0) return;
  const lines = problems.map(problemText);
  throw new ConfigError(
    ['Definitions are wrong, and MILLRACE_ON_REFUSED=fail lets nothing run beside them:', ...lines].join('\n  '),
  );
}

async function feedsOf(
  config: MillraceConfig,
  { language }: PipelineCatalog,
  environment: Environment,
  log: Log,
): Promise<FeedCatalog> {
  const isDefault = config.feeds === DEFAULT_FEEDS;
  const catalog = await readFeeds({ folder: config.feeds, isDefault, environment, language });
  for (const problem of catalog.problems) log.error({ event: 'feed.refused', ...problem }, problemText(problem));
  refuse(config, catalog.problems);
  return catalog;
}

async function bringUpPipelines(
  app: NestExpressApplication,
  config: MillraceConfig,
  processing: ProcessingService,
): Promise<void> {
  const names = processing.all().map(({ name }) => name);
  const computes = config.roles.includes('process');
  for (const name of names) {
    if (computes) app.connectMicroservice({ strategy: new BatchTransport(name, () => processing.prepare(name)) });
    else void processing.observe(name);
  }
  await app.startAllMicroservices();
}
