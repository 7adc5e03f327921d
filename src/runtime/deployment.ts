import { FatalError, TransientError } from '../core/errors';
import { generationAt, lastRevision } from '../core/generation';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { repartitionOf } from '../core/pipeline/repartition-definition';
import type { Clock } from '../core/ports/clock.port';
import { deployedText } from '../core/plan/deployed-definition';
import type { SourceRecord } from '../core/ports/record-source.port';
import type { Deployment, StateStore } from '../core/ports/state-store.port';
import type { MirroredOffset, TopicAdmin } from '../core/ports/topic-admin.port';
import { areKeyedAlike, changingKey } from '../core/repartition/message-keys';
import { repartitionTopic, shuffleName } from '../core/repartition/names';
import { asksForAnotherWay } from '../core/repartition/way-of-records';
import { parseMirrorMetadata } from './mirror-metadata';
import { refuseAdded } from './partitions-added';

export interface DeploymentPorts {
  readonly stateStore: StateStore;
  readonly topics: TopicAdmin;
  readonly clock: Clock;
  /** Newest records of each partition of a topic; asked for once in a generation. Throws TransientError. */
  readonly newestRecords: (topic: string) => Promise<readonly SourceRecord[]>;
}

export interface DeploymentInForce extends Deployment {
  readonly partitions: number;
}

/** A generation of a pipeline that Kafka's mirror remembers, and the greatest revision that it can have given. */
interface Remembered {
  readonly generation: bigint;
  readonly lastRevision: bigint;
  readonly repartitioned: boolean;
}

/**
 * The deployment in force of a pipeline, recorded now if the store has none. After a loss of the store, Kafka's mirror
 * tells the generation before, so that the new one's revisions are greater than all that were given.
 *
 * Throws FatalError when the state in the store was written by a definition that means something else, or when keys
 * were in fewer partitions; TransientError when a server, or the topic, is not there.
 */
export async function deploy(pipeline: CompiledPipeline, ports: DeploymentPorts): Promise<DeploymentInForce> {
  const { name, fingerprint } = pipeline;
  const { topic } = pipeline.definition.spec.source;
  const partitions = await ports.topics.partitionCount(topic);
  if (partitions === undefined) throw topicGone(topic);
  const inForce = await inForceOf(pipeline, partitions, ports);
  if (inForce.fingerprint !== fingerprint) throw definitionChanged(name, inForce.fingerprint, fingerprint);
  checkRepartition(pipeline, inForce);
  if (!inForce.repartitioned) refuseAdded({ pipeline, topic }, inForce.partitions, partitions);
  return inForce;
}

/**
 * Whether a new generation needs a repartition topic: what the definition says, else what the newest records say. Throws
 * FatalError for a key that cannot be repartitioned by.
 */
export async function needsRepartition(
  pipeline: CompiledPipeline,
  { topics, newestRecords }: Pick<DeploymentPorts, 'topics' | 'newestRecords'>,
): Promise<boolean> {
  const { source, key } = pipeline.definition.spec;
  const { when } = repartitionOf(pipeline.definition.spec);
  if (when === 'never' || key === undefined) return false;
  if (when === 'auto') {
    if (((await topics.partitionCount(source.topic)) ?? 0) <= 1) return false;
    if (areKeyedAlike(pipeline, await newestRecords(source.topic))) return false;
  }
  const changing = changingKey(pipeline);
  if (changing === undefined) return true;
  throw new FatalError(
    `${pipeline.name} cannot be repartitioned by ${changing}, which may come of a lookup table that changes: a record ` +
      'that is read again could count under two keys. Look it up with pointInTime: true, group by a field of the record, ' +
      'or produce records with the key as their message key and set repartition: never.',
  );
}

export function topicGone(topic: string): TransientError {
  return new TransientError(`Topic ${topic} is not there: it was deleted, or this service may not see it`);
}

async function inForceOf(
  pipeline: CompiledPipeline,
  partitions: number,
  ports: DeploymentPorts,
): Promise<DeploymentInForce> {
  const { stateStore } = ports;
  const found = await stateStore.deployment(pipeline.name);
  const known = found ? withText(found, pipeline) : await propose(pipeline, ports);
  const proposed = { ...known, partitions: found?.partitions ?? partitions };
  if (found?.partitions !== undefined && found.definition === proposed.definition) return proposed;
  const inForce = await stateStore.deploy(pipeline.name, proposed);
  return { ...inForce, partitions: inForce.partitions ?? partitions };
}

/** What changes of the definition without changing the meaning of state is kept for the next plan. */
function withText(inForce: Deployment, pipeline: CompiledPipeline): Deployment {
  return inForce.fingerprint === pipeline.fingerprint ? { ...inForce, definition: deployedText(pipeline) } : inForce;
}

async function propose(pipeline: CompiledPipeline, ports: DeploymentPorts): Promise<Omit<Deployment, 'partitions'>> {
  const { fingerprint } = pipeline;
  const known = await remembered(pipeline, ports.topics);
  const generation = generationAt(ports.clock.now(), known?.lastRevision);
  const isAuto = repartitionOf(pipeline.definition.spec).when === 'auto';
  const repartitioned = known && isAuto ? known.repartitioned : await needsRepartition(pipeline, ports);
  return { generation, fingerprint, repartitioned, definition: deployedText(pipeline) };
}

function definitionChanged(name: string, before: string, now: string): FatalError {
  return new FatalError(
    `The definition of ${name} is not the one in force: it gives its state another meaning ` +
      `(fingerprint ${before} to ${now}). What differs: millrace plan FILE. To put this one in ` +
      `force, beside the version that runs: millrace rebuild ${name} --file FILE; or start anew, with it stopped: ` +
      `millrace reset ${name} --to earliest. Else undo the change, or give the pipeline another name.`,
  );
}

function checkRepartition({ name, definition }: CompiledPipeline, inForce: Deployment): void {
  if (!asksForAnotherWay(definition, inForce)) return;
  throw new FatalError(
    `${name} has repartition: ${repartitionOf(definition.spec).when}, but its generation runs ` +
      `with${inForce.repartitioned ? '' : 'out'} a repartition topic. Undo the change, or start a new generation with: ` +
      `millrace rebuild ${name} --file FILE, beside the version that runs, or millrace reset ${name} --to earliest.`,
  );
}

async function remembered(pipeline: CompiledPipeline, topics: TopicAdmin): Promise<Remembered | undefined> {
  const { name, definition } = pipeline;
  const { topic } = definition.spec.source;
  const keyed = await topics.mirrored(name, topic);
  const shuffled = await topics.mirrored(shuffleName(name), topic);
  const found: Remembered[] = [];
  const generation = greatestGeneration(keyed);
  if (generation !== undefined) {
    const ends = keyed.map(({ nextOffset }) => nextOffset);
    found.push({ generation, lastRevision: lastRevision(generation, ends), repartitioned: false });
  }
  const ofShuffle = greatestGeneration(shuffled);
  if (ofShuffle !== undefined) {
    const ends = await endsOf(repartitionTopic(name, ofShuffle), topics);
    found.push({ generation: ofShuffle, lastRevision: lastRevision(ofShuffle, ends), repartitioned: true });
  }
  return found.sort((a, b) => (a.generation < b.generation ? 1 : -1))[0];
}

/** None for a topic that is not there. */
export async function endsOf(topic: string, topics: TopicAdmin): Promise<readonly bigint[]> {
  if ((await topics.partitionCount(topic)) === undefined) return [];
  return [...(await topics.extents(topic)).values()].map(({ end }) => end);
}

function greatestGeneration(mirrored: readonly MirroredOffset[]): bigint | undefined {
  const generations = mirrored.map(({ metadata }) => parseMirrorMetadata(metadata).generation);
  return generations.sort((a, b) => (a < b ? 1 : -1))[0];
}
