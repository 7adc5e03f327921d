import { ConfigError } from '../../core/errors';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import { deployedText } from '../../core/plan/deployed-definition';
import type { StateStore } from '../../core/ports/state-store.port';
import { tasksOf } from '../../core/repartition/names';
import { refuseWhileRunning } from '../reset-pipeline';
import { checkPlaces } from './check-places';
import { generationToLoad } from './generation-to-load';
import type { LoadRequest, SavedHead, SavepointHeader, SavepointItem, SavepointPorts } from './savepoint';

export interface LoadedSavepoint {
  readonly header: SavepointHeader;
  readonly generation: bigint;
  readonly tasks: readonly SavedHead[];
}

/**
 * Puts a savepoint in force for a stopped pipeline. The state goes back in time, each task together with its offset; as the
 * generation stays, what is processed again gives the rows that it gave, with the same revisions.
 *
 * Everything is checked, and staged beside the state in force, before anything changes; then the deployment and one task
 * after the other are put in force. One that ends in between is repeated by loading again.
 * Throws ConfigError when the pipeline runs or the savepoint does not fit it, the log, or what is deployed; TransientError.
 */
export async function loadPipeline(request: LoadRequest, ports: SavepointPorts): Promise<LoadedSavepoint> {
  const { pipeline, load } = request;
  const { stateStore, savepoints, topics } = ports;
  const { header, tasks } = await readHeads(request.read());
  checkMeaning(pipeline, header);
  await refuseWhileRunning(pipeline.name, topics, 'load its savepoint');
  const partitions = Math.max(header.deployment.partitions ?? 0, ...tasks.map(({ id }) => id.partition + 1));
  if (!request.replaces) await refuseState(pipeline.name, partitions, stateStore);
  await checkPlaces(pipeline, header, tasks, topics);
  const generation = await generationToLoad(request, header, ports);
  try {
    for await (const item of request.read()) {
      if (item.kind === 'part') await savepoints.stage(item.id, load, item.part);
    }
    await refuseWhileRunning(pipeline.name, topics, 'load its savepoint');
    const next = { ...header.deployment, generation, definition: deployedText(pipeline) };
    await stateStore.redeploy(pipeline.name, next, partitions);
    for (const { id } of tasks) await savepoints.adopt(id, load, generation);
  } catch (error) {
    await Promise.all(tasks.map(({ id }) => savepoints.discard(id, load).catch(() => undefined)));
    throw error;
  }
  return { header, generation, tasks };
}

/** Reads all of it, so that one that is damaged anywhere is refused before anything changes. */
async function readHeads(
  items: AsyncIterable<SavepointItem>,
): Promise<{ header: SavepointHeader; tasks: SavedHead[] }> {
  let header: SavepointHeader | undefined;
  const tasks: SavedHead[] = [];
  for await (const item of items) {
    if (item.kind === 'header') header = item.header;
    else if (item.part.kind === 'task') tasks.push({ id: item.id, task: item.part.task });
  }
  if (!header) throw new ConfigError('The savepoint has no header');
  return { header, tasks };
}

function checkMeaning({ name, fingerprint }: CompiledPipeline, { pipeline, deployment }: SavepointHeader): void {
  if (pipeline !== name) throw new ConfigError(`The savepoint is of pipeline ${pipeline}, not of ${name}`);
  if (deployment.fingerprint === fingerprint) return;
  throw new ConfigError(
    `The savepoint of ${name} was made by another definition: its state has another meaning (fingerprint ` +
      `${deployment.fingerprint} to ${fingerprint}). Load it with the definition that it holds, then see what differs ` +
      `with millrace plan FILE and change over with millrace rebuild ${name} --file FILE.`,
  );
}

async function refuseState(name: string, partitions: number, stateStore: StateStore): Promise<void> {
  const found = await Promise.all(tasksOf(name, partitions).map((id) => stateStore.peek(id)));
  const held = found.filter((task) => task !== undefined).length;
  if (held === 0) return;
  throw new ConfigError(
    `Redis has state of ${held} task(s) of ${name}. To let the savepoint take its place: --replace. What is there is lost ` +
      `then; save it first with: millrace savepoint save ${name} --to FILE.`,
  );
}
