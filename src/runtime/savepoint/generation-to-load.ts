import { ConfigError } from '../../core/errors';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import type { Deployment } from '../../core/ports/state-store.port';
import type { TopicAdmin } from '../../core/ports/topic-admin.port';
import { shuffleName } from '../../core/repartition/names';
import { parseMirrorMetadata } from '../mirror-metadata';
import { endsOfRead, generationAfter } from '../new-generation';
import type { LoadRequest, SavepointHeader, SavepointPorts } from './savepoint';

/**
 * The generation of the rows of a loaded state: the savepoint's own, as long as no later one is known. Then every row that
 * is computed again has the revision that it had.
 *
 * Where a later one is known, rows of the savepoint's would lose against rows of that one. `inNewGeneration` begins a still
 * later one; rows of windows that were closed before the savepoint stay as they are in the sinks. Throws ConfigError
 * without it, and where offsets mean something in the old generation only; TransientError.
 */
export async function generationToLoad(
  { pipeline, inNewGeneration }: Pick<LoadRequest, 'pipeline' | 'inNewGeneration'>,
  { deployment }: SavepointHeader,
  { stateStore, topics, clock }: SavepointPorts,
): Promise<bigint> {
  const { name } = pipeline;
  const inForce = await stateStore.deployment(name);
  const latest = greatest([
    deployment.generation,
    ...(inForce ? [inForce.generation, inForce.rebuilding ?? 0n] : []),
    ...(await mirrored(pipeline, topics)),
  ]);
  if (latest === deployment.generation) return latest;
  if (!inNewGeneration) throw laterGeneration(name, deployment, latest);
  refuseBound(pipeline, deployment);
  const known: Deployment = { ...(inForce ?? deployment), generation: latest };
  return generationAfter(known, await endsOfRead(pipeline, known, topics), clock.now());
}

async function mirrored({ name, definition }: CompiledPipeline, topics: TopicAdmin): Promise<readonly bigint[]> {
  const { topic } = definition.spec.source;
  const offsets = await Promise.all([name, shuffleName(name)].map((group) => topics.mirrored(group, topic)));
  return offsets.flat().map(({ metadata }) => parseMirrorMetadata(metadata).generation);
}

function laterGeneration(name: string, { generation }: Deployment, latest: bigint): ConfigError {
  return new ConfigError(
    `The savepoint is of generation ${generation} of ${name}; generation ${latest} has begun since (a reset, a rebuild, or ` +
      'a start without state), and its rows would win over those of the savepoint. If it has written no rows that matter: ' +
      `--new-generation. Else let it go on, or compute all anew: millrace reset ${name} --to earliest.`,
  );
}

function refuseBound({ name, sinks }: CompiledPipeline, { repartitioned }: Deployment): void {
  const once = sinks.some((sink) => sink.kind === 'kafka' && sink.delivery === 'exactly-once');
  if (!repartitioned && !once) return;
  const what = repartitioned ? 'its offsets are those of the repartition topic' : 'its exactly-once topic has the rows';
  throw new ConfigError(
    `The savepoint of ${name} cannot be loaded in a new generation: ${what} of the old one. Compute the state anew: ` +
      `millrace reset ${name} --to earliest.`,
  );
}

function greatest(generations: readonly bigint[]): bigint {
  return generations.reduce((most, next) => (next > most ? next : most), 0n);
}
