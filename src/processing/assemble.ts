import { hostname } from 'node:os';

import { FatalError } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { BatchConsumer } from '../core/ports/batch-consumer.port';
import type { Deployment } from '../core/ports/state-store.port';
import { outdatedTopics, repartitionTopic, shuffleName } from '../core/repartition/names';
import { aggregateStage, shuffleStage } from '../core/repartition/two-stages';
import { deploy as deployDefinition, type DeploymentInForce } from '../runtime/deployment';
import type { RuntimeLog } from '../runtime/events';
import type { SharedTable } from '../runtime/lookup/task-lookups';
import { refuseAdded } from '../runtime/partitions-added';
import { PipelineRunner } from '../runtime/pipeline-runner';
import type { Ports } from '../runtime/ports';
import type { RuntimeObserver } from '../runtime/runtime-observer';
import { forwardTo } from '../runtime/shuffle/forward';
import { readableRecords } from '../runtime/shuffle/readable-records';
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

/** What a generation is assembled with, whether it is in force or being rebuilt. */
export interface GenerationParts extends AssemblyParts {
  /** Of the source topic, which is there. */
  readonly sourcePartitions: number;
  /** As in {@link PipelineContext}. */
  readonly deploy: PipelineContext['deploy'];
  /** What becomes of the stage that makes rows. */
  readonly emits?: (stage: CompiledPipeline) => CompiledPipeline;
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
  return assembleGeneration(pipeline, deployment, {
    ...{ ...parts, sourcePartitions },
    deploy: async () => sameWay(pipeline, deployment, await deployOn(pipeline, parts.ports)),
  });
}

/** The same of one generation, deployed by others. Throws TransientError, FatalError. */
export async function assembleGeneration(
  pipeline: CompiledPipeline,
  deployment: DeploymentInForce,
  parts: GenerationParts,
): Promise<Assembled> {
  const context = await contextOf(pipeline, parts);
  if (deployment.repartitioned) return repartitioned(context, deployment, parts);
  const { sourcePartitions: partitions, emits = unchanged } = parts;
  return stage(
    { ...context, pipeline: emits(pipeline), keyedByMessage: partitions > 1 && pipeline.keyNames.length > 0 },
    partitions,
    parts,
  );
}

/** Its batches go to its tasks until it is stopped. Never rejects. */
export function runStage({ consumer, runner }: Stage): Promise<void> {
  runner.start(consumer);
  return consumer.run({
    assigned: (partitions) => runner.assigned(partitions),
    skipped: (partition, from, to) => runner.skipped(partition, from, to),
    batch: (batch, control) => runner.handle(batch, control),
  });
}

function unchanged(pipeline: CompiledPipeline): CompiledPipeline {
  return pipeline;
}

/** Repartition topics of generations before the one in force hold nothing that anybody needs. */
async function removeOutdated(name: string, { generation }: Deployment, { topics }: Ports): Promise<void> {
  const outdated = outdatedTopics(await topics.named(`${name}.`), name, generation);
  if (outdated.length > 0) await topics.remove(outdated);
}

async function repartitioned(
  context: PipelineContext,
  { generation, partitions: deployed }: DeploymentInForce,
  parts: GenerationParts,
): Promise<Assembled> {
  const { pipeline } = context;
  const { ports, observer, sourcePartitions, emits = unchanged } = parts;
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
  const aggregates = { ...context, pipeline: emits(aggregateStage(pipeline)), topic, sourcePartitions };
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
  { ports, observer, log, tables, cacheBytes, deploy }: GenerationParts,
): Promise<PipelineContext> {
  const { stateStore, topics, deadLetters, ledger, lateRecords, clock, schemas, tracer } = ports;
  return {
    ...{ pipeline, observer, log, tables, cacheBytes, stateStore, topics, deadLetters, ledger, lateRecords },
    ...{ clock, schemas },
    ...(tracer && { tracer }),
    topic: pipeline.definition.spec.source.topic,
    sinks: await ports.sinksOf(pipeline),
    owner: `${hostname()}:${process.pid}`,
    keyedByMessage: false,
    deploy,
  };
}

function deployOn(pipeline: CompiledPipeline, ports: Ports): Promise<DeploymentInForce> {
  return deployDefinition(pipeline, { ...ports, newestRecords: (topic) => readableRecords(pipeline, topic, ports) });
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
