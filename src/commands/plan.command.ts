import { connectRedis, pingRedis } from '../adapters/redis/redis-connection';
import { RedisStateStore } from '../adapters/redis/redis-state-store';
import type { MillraceConfig } from '../config/config';
import { ConfigError, messageOf } from '../core/errors';
import { problemText } from '../core/pipeline/problem';
import { type DefinitionChange, type PlannedChange, plannedChange } from '../core/plan/plan-change';
import type { StateStore } from '../core/ports/state-store.port';
import { loadExtensions } from '../processing/extension-modules';
import { NO_EXTENSIONS } from '../runtime/catalog-extensions';
import { catalogOf, type PipelineCatalog } from '../runtime/pipeline-catalog';
import type { CommandIo } from './command-io';
import { EXIT } from './exit-codes';
import { isModule } from './module-file';

export interface PlanOptions {
  readonly json?: boolean;
  /** Tells by the exit code whether a rebuild is needed. */
  readonly detailedExitCode?: boolean;
}

type PlannedPipeline =
  | ({ readonly pipeline: string; readonly unfinishedRebuild: boolean } & PlannedChange)
  | { readonly pipeline: string; readonly verdict: 'refused'; readonly problems: readonly string[] };

/** With `--detailed-exit-code`. */
const NEEDS_REBUILD = 4;

/** Compares definitions with what is deployed, and says what it takes to put them in force. Throws TransientError. */
export async function plan(
  files: readonly string[],
  options: PlanOptions,
  config: MillraceConfig,
  io: CommandIo,
): Promise<number> {
  const catalog = await catalogOfFiles(files, io);
  const redis = connectRedis(config.redis);
  try {
    await pingRedis(redis);
    return await planWith(catalog, options, new RedisStateStore(redis), io);
  } finally {
    redis.disconnect();
  }
}

/** The same with a store that is connected. */
export async function planWith(
  { pipelines, refused }: PipelineCatalog,
  { json = false, detailedExitCode = false }: PlanOptions,
  store: Pick<StateStore, 'deployment'>,
  io: Pick<CommandIo, 'out'>,
): Promise<number> {
  const compared = pipelines.map(async (pipeline): Promise<PlannedPipeline> => {
    const inForce = await store.deployment(pipeline.name);
    const change = plannedChange(pipeline, inForce);
    return { pipeline: pipeline.name, unfinishedRebuild: inForce?.rebuilding !== undefined, ...change };
  });
  const refusals = refused.map(({ name, problems }): PlannedPipeline => {
    return { pipeline: name, verdict: 'refused', problems: [...new Set(problems.map(problemText))] };
  });
  const all = [...(await Promise.all(compared)), ...refusals];
  if (json) io.out(JSON.stringify(all, null, 2));
  else for (const planned of all) for (const line of linesOf(planned)) io.out(line);
  if (refusals.length > 0) return EXIT.checkFailed;
  return detailedExitCode && all.some(({ verdict }) => verdict === 'rebuild') ? NEEDS_REBUILD : EXIT.done;
}

async function catalogOfFiles(files: readonly string[], io: CommandIo): Promise<PipelineCatalog> {
  const texts = files.filter((path) => !isModule(path)).map(async (path) => ({ path, text: await textOf(path, io) }));
  const { pipelines, refused } = await loadExtensions(files.filter(isModule));
  const { language } = io.extensions ?? NO_EXTENSIONS;
  return catalogOf(await Promise.all(texts), { language, pipelines, refused });
}

function textOf(path: string, io: CommandIo): Promise<string> {
  return io.readFile(path).catch((thrown: unknown) => {
    throw new ConfigError(`${path}: cannot be read: ${messageOf(thrown)}`);
  });
}

const VERDICTS: Readonly<Record<PlannedChange['verdict'], string>> = {
  new: 'new: it begins at its first start',
  unchanged: 'unchanged',
  compatible: 'compatible: state is kept; restart with the new definition',
  rebuild: 'needs a rebuild: its state would have another meaning',
};

function linesOf(planned: PlannedPipeline): string[] {
  const { pipeline } = planned;
  if (planned.verdict === 'refused') return [`${pipeline}: refused`, ...planned.problems.map((text) => `  ${text}`)];
  const { verdict, changes, note, unfinishedRebuild } = planned;
  return [
    `${pipeline}: ${VERDICTS[verdict]}`,
    ...changes.map(changeLine),
    ...(note === undefined ? [] : [`  ${note}`]),
    ...(verdict === 'rebuild' ? [`  then: millrace rebuild ${pipeline} --file FILE`] : []),
    ...(unfinishedRebuild ? ['  a rebuild was begun: if it does not run any more, run it again'] : []),
  ];
}

function changeLine({ part, before, after, needsRebuild }: DefinitionChange): string {
  const sign = before === undefined ? '+' : after === undefined ? '-' : '~';
  const text = before === undefined ? after : after === undefined ? before : `${before} -> ${after}`;
  return `  ${sign} ${part}: ${text}${needsRebuild ? ' (rebuild)' : ''}`;
}
