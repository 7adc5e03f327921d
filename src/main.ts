import 'reflect-metadata';

import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';

import { AppModule } from './app.module';
import { embeddedPorts } from './composition/embedded-ports';
import { externalPorts } from './composition/external-ports';
import { waitForServers } from './composition/wait-for-servers';
import type { MillraceConfig } from './config/config';
import { createLogger, type MillraceLogger } from './config/logger';
import { maskedConfig } from './config/mask';
import { NestLogger } from './config/nest-logger';
import { setUpApi } from './api/set-up-api';
import { startDemo } from './composition/demo';
import { StartupState } from './health/startup-state';
import { PrometheusObserver } from './metrics/prometheus-observer';
import { BatchTransport } from './processing/batch-transport';
import { readDefinitionFiles } from './processing/definition-files';
import { ProcessingService } from './processing/processing.service';
import type { RuntimeLog } from './runtime/events';
import { catalogOf } from './runtime/pipeline-catalog';
import { problemText } from './core/pipeline/problem';

export interface StartOptions {
  /** Whether to feed the shipped readings into the source topic when it is empty. */
  readonly demo: boolean;
}

/**
 * Starts the service: HTTP answers at once; pipelines come up as their servers do. SIGTERM and SIGINT write a last
 * checkpoint, leave the groups and end the process.
 *
 * Throws ConfigError when the configuration or the pipelines folder cannot be used. A pipeline file with a problem is
 * refused and logged; the others run.
 */
export async function startService(config: MillraceConfig, { demo }: StartOptions): Promise<NestExpressApplication> {
  const log = createLogger(config.logLevel);
  log.info({ event: 'service.starting', config: maskedConfig(config) }, 'Millrace starts');
  const catalog = catalogOf(await readDefinitionFiles(config.pipelines));
  for (const { problems } of catalog.refused) {
    for (const problem of problems) log.error({ event: 'pipeline.refused', ...problem }, problemText(problem));
  }
  const ports = config.mode === 'embedded' ? embeddedPorts() : externalPorts(config, catalog.pipelines, log);
  const startup = new StartupState();
  const stopping = new AbortController();
  const serversReady = waitForServers({ ports, startup, log, signal: stopping.signal });
  const observer = new PrometheusObserver();
  const processing = new ProcessingService({
    ...{ catalog, ports, observer, serversReady },
    log: runtimeLog(log),
    cacheBytes: config.stateCacheBytes,
    shutdownMs: config.shutdownTimeoutMs,
  });
  const app = await NestFactory.create<NestExpressApplication>(
    AppModule.of({ config, ports, processing, startup, observer }),
    { logger: new NestLogger(log), forceCloseConnections: true, bodyParser: false },
  );
  setUpApi(app);
  app.enableShutdownHooks();
  await bringUpPipelines(app, config, processing, catalog.pipelines.map(({ name }) => name));
  await app.listen(config.http.port, config.http.host);
  log.info({ event: 'service.listening', url: await app.getUrl() }, `Millrace listens at ${await app.getUrl()}`);
  if (demo) void startDemo({ ports, pipelines: processing, log, serversReady });
  return app;
}

async function bringUpPipelines(
  app: NestExpressApplication,
  config: MillraceConfig,
  processing: ProcessingService,
  names: readonly string[],
): Promise<void> {
  if (!config.roles.includes('process')) {
    for (const name of names) void processing.observe(name);
    return;
  }
  for (const name of names) {
    app.connectMicroservice({ strategy: new BatchTransport(name, () => processing.prepare(name)) });
  }
  await app.startAllMicroservices();
}

function runtimeLog(log: MillraceLogger): RuntimeLog {
  return (level, event, message, fields = {}) => log[level]({ event, ...fields }, message);
}
