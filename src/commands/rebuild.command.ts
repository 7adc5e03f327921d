import { externalPorts } from '../composition/external-ports';
import type { MillraceConfig } from '../config/config';
import { parseIsoTime } from '../core/decoding/iso-time';
import { ConfigError } from '../core/errors';
import { topicsOf } from '../processing/topics-of';
import { ReferenceTables } from '../runtime/lookup/reference-tables';
import { rebuildPipeline } from '../processing/rebuild-pipeline';
import type { StageProgress } from '../processing/rebuild-stage';
import type { RebuildFrom } from '../runtime/rebuild-start';
import type { CommandIo } from './command-io';
import { commandLogger } from './command-logger';
import { EXIT } from './exit-codes';
import { readPipeline } from './pipeline-file';

export interface RebuildCommandOptions {
  readonly file: string;
  /** A time; the beginning of the log without it. */
  readonly from?: string;
  readonly yes?: boolean;
}

const LINE_EVERY_MS = 5_000;

/**
 * Computes a pipeline anew beside the version in force, and lets it take over. Throws ConfigError for an unknown name or
 * place, and when the beginning of the log is gone; TransientError when a server is away at the start.
 */
export async function rebuild(
  name: string,
  options: RebuildCommandOptions,
  config: MillraceConfig,
  io: CommandIo,
): Promise<number> {
  const from = placeOf(options.from);
  const pipeline = await readPipeline(options.file, name, io);
  const log = commandLogger(config.logLevel);
  const ports = externalPorts(config, [pipeline], log);
  const tables = new ReferenceTables({ ...ports, log });
  try {
    await Promise.all(ports.dependencies.map((dependency) => dependency.ping()));
    await ensureTopics(pipeline, ports);
    const begun = await rebuildPipeline({
      ...{ pipeline, from, ports, cacheBytes: config.stateCacheBytes },
      acceptsLostBeginning: options.yes === true,
      tables: await tables.of(pipeline),
      log: (level, event, message, fields) => log[level]({ event, ...fields }, message),
      signal: new AbortController().signal,
      onProgress: everyFewSeconds((progress) => io.err(progressLine(name, progress))),
    });
    io.out(`${name}: generation ${begun.generation} is in force; start the service with ${options.file}`);
    return EXIT.done;
  } finally {
    await tables.close();
    await ports.close();
  }
}

/** Those that the new version writes; a source topic that is missing is a mistake. */
async function ensureTopics(
  pipeline: Parameters<typeof topicsOf>[0],
  { topics }: Pick<ReturnType<typeof externalPorts>, 'topics'>,
): Promise<void> {
  await topics.ensure(topicsOf(pipeline).filter(({ topic }) => topic !== pipeline.definition.spec.source.topic));
}

function placeOf(from: string | undefined): RebuildFrom {
  if (from === undefined) return 'earliest';
  const timestampMs = parseIsoTime(from);
  if (timestampMs !== undefined) return { timestampMs };
  throw new ConfigError(`--from ${from}: give a time such as 2026-01-31T00:00:00Z`);
}

function progressLine(name: string, { topic, processed, total, waitsFor }: StageProgress): string {
  const waits = waitsFor === undefined ? '' : `; waits: ${waitsFor}`;
  return `${name}: ${processed} of ${total} records of ${topic}${waits}`;
}

function everyFewSeconds(show: (progress: StageProgress) => void): (progress: StageProgress) => void {
  let shownMs = -Infinity;
  return (progress) => {
    if (Date.now() - shownMs < LINE_EVERY_MS) return;
    shownMs = Date.now();
    show(progress);
  };
}
