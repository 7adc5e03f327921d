import { join } from 'node:path';

import { messageOf } from '../core/errors';
import type { Log } from '../core/ports/log.port';
import { ingest } from '../ingestion/ingest';
import type { Pace } from '../ingestion/pace';
import type { ProcessingService } from '../processing/processing.service';
import type { Ports } from '../runtime/ports';

const PIPELINE = 'air-quality-daily';
const READINGS = join(__dirname, '..', '..', 'data', 'us-posts-hourly-2013-2015.csv.gz');

/** Three years in half a minute: fast, and slow enough to see the page move. */
const PACE: Pace = { kind: 'rate', recordsPerSecond: 5_000 };

export interface DemoOptions {
  readonly ports: Ports;
  readonly processing: ProcessingService;
  readonly log: Log;
  /** Where the service listens. */
  readonly url: string;
}

/** Prints the page's address, and feeds the shipped readings into the air-quality topic unless it holds records. */
export function startDemo(options: DemoOptions): void {
  process.stderr.write(`\n  Millrace runs: ${options.url}/\n\n`);
  feed(options).catch((error: unknown) => {
    options.log.error({ event: 'demo.failed' }, `The shipped readings were not fed: ${messageOf(error)}`);
  });
}

async function feed({ ports, processing, log }: DemoOptions): Promise<void> {
  const pipeline = processing.get(PIPELINE);
  if (!pipeline) return;
  await processing.started(PIPELINE);
  const { topic } = pipeline.definition.spec.source;
  const extents = [...(await ports.topics.extents(topic)).values()];
  if (extents.some(({ earliest, end }) => end > earliest)) return;
  const { produced } = await ingest({
    ...{ pipeline, source: READINGS, pace: PACE },
    ...{ producer: ports.producer, clock: ports.clock },
  });
  log.info({ event: 'demo.fed', records: produced, topic }, `Fed ${produced} readings into ${topic}`);
}
