import { hostname } from 'node:os';

import { FatalError } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { BatchConsumer } from '../core/ports/batch-consumer.port';
import type { Deployment } from '../core/ports/state-store.port';
import { outdatedTopics, repartitionTopic, shuffleName } from '../core/repartition/names';
import { aggregateStage, shuffleStage } from '../core/repartition/two-stages';
import { deploy, type DeploymentInForce } from '../runtime/deployment';
import type { RuntimeLog } from '../runtime/events';
import type { SharedTable } from '../runtime/lookup/task-lookups';
import { refuseAdded } from '../runtime/partitions-added';
import { PipelineRunner } from '../runtime/pipeline-runner';
import type { Ports } from '../runtime/ports';
import type { RuntimeObserver } from '../runtime/runtime-observer';
import { forwardTo } from '../runtime/shuffle/forward';
import { newestRecords } from '../runtime/shuffle/newest-records';
import { RepartitionConsumer } from '../runtime/shuffle/repartition-consumer';
import { shuffleObserver } from '../runtime/shuffle/shuffle-observer';
import type { PipelineContext } from '../runtime/task-context';

export interface AssemblyParts {
  readonly ports: Ports;
  readonly observer: RuntimeObserver;
  readonly log: RuntimeLog;
  readonly tables: readonly SharedTable[];
  /** Bound of the resident state of the pipeline in this process. */
  readonly cacheBytes: number;
}

/** A consumer and the tasks that its batches are for. */
export interface Stage {
  readonly consumer: BatchConsumer;
  readonly runner: PipelineRunner;
}

/** A pipeline that is ready to run: its tasks, and those of its shuffle if it has one. */
export interface Assembled extends Stage {
  readonly shuffle?: Stage & { readonly topic: string };
}

/** `sourcePartitions` is of the source topic, which is there. Throws as `deploy` does. */
export async function assemble(
  pipeline: CompiledPipeline,
  sourcePartitions: number,
  parts: AssemblyParts,
): Promise<Assembled> {
  const deployment = await deployOn(pipeline, parts.ports);
  await removeOutdated(pipeline.name, deployment, parts.ports);
  const context = await contextOf(pipeline, deployment, parts);
  if (deployment.repartitioned) return repartitioned(context, deployment, { ...parts, sourcePartitions });
  const partitions = sourcePartitions;
  return stage({ ...context, keyedByMessage: partitions > 1 }, partitions, parts);
}

/** Repartition topics of generations before the one in force hold nothing that anybody needs. */
async function removeOutdated(name: string, { generation }: Deployment, { topics }: Ports): Promise<void> {
  const outdated = outdatedTopics(await topics.named(`${name}.`), name, generation);
  if (outdated.length > 0) await topics.remove(outdated);
}

async function repartitioned(
  context: PipelineContext,
  { generation, partitions: deployed }: DeploymentInForce,
  parts: AssemblyParts & { readonly sourcePartitions: number },
): Promise<Assembled> {
  const { pipeline } = context;
  const { ports, observer, sourcePartitions } = parts;
  const topic = repartitionTopic(pipeline.name, generation);
  await ports.topics.ensure([{ topic, partitions: deployed, purpose: 'repartition' }]);
  const partitions = await ports.topics.partitionCount(topic);
  if (partitions === undefined) throw new FatalError(`Topic ${topic} is not there although it was made`);
  refuseAdded({ pipeline, topic }, deployed, partitions);
  const forwards = {
    ...{ ...context, pipeline: shuffleStage(pipeline), sinks: [] },
    observer: shuffleObserver(observer, pipeline.name),
    forward: forwardTo(ports.producer, { topic, partitions }),
  };
  const aggregates = { ...context, pipeline: aggregateStage(pipeline), topic, sourcePartitions };
  const { runner, consumer } = stage(aggregates, partitions, parts);
  const shuffle = stage(forwards, sourcePartitions, parts);
  return { runner, consumer: new RepartitionConsumer(consumer), shuffle: { ...shuffle, topic } };
}

function stage(
  context: PipelineContext,
  partitions: number,
  { ports, cacheBytes }: Pick<AssemblyParts, 'ports' | 'cacheBytes'>,
): Stage {
  const bounded = { ...context, cacheBytes: Math.floor(cacheBytes / partitions) };
  return {
    runner: new PipelineRunner(bounded, partitions),
    consumer: ports.consumerOf(context.pipeline.name, context.topic),
  };
}

async function contextOf(
  pipeline: CompiledPipeline,
  deployment: Deployment,
  { ports, observer, log, tables, cacheBytes }: AssemblyParts,
): Promise<PipelineContext> {
  const { stateStore, topics, deadLetters, ledger, lateRecords, clock } = ports;
  return {
    ...{ pipeline, observer, log, tables, cacheBytes, stateStore, topics, deadLetters, ledger, lateRecords },
    clock,
    topic: pipeline.definition.spec.source.topic,
    sinks: await ports.sinksOf(pipeline),
    owner: `${hostname()}:${process.pid}`,
    keyedByMessage: false,
    deploy: async () => sameWay(pipeline, deployment, await deployOn(pipeline, ports)),
  };
}

function deployOn(pipeline: CompiledPipeline, ports: Ports): Promise<DeploymentInForce> {
  return deploy(pipeline, { ...ports, newestRecords: (topic) => newestRecords(topic, ports) });
}

/** A process that runs has its consumers on the topics of one generation. Throws FatalError when another came about. */
function sameWay(pipeline: CompiledPipeline, assembled: Deployment, now: Deployment): bigint {
  const isSame = now.repartitioned === assembled.repartitioned;
  if (isSame && (!now.repartitioned || now.generation === assembled.generation)) return now.generation;
  throw new FatalError(
    `${pipeline.name} has a new generation, ${now.generation} instead of ${assembled.generation}, because the state store ` +
      'lost the one before or the pipeline was reset. Restart the service: it then goes through a repartition topic of ' +
      'the new generation.',
  );
}

/** The consumer groups of a pipeline, whether it is repartitioned or not. */
export function groupsOf(pipeline: string): readonly string[] {
  return [pipeline, shuffleName(pipeline)];
}
