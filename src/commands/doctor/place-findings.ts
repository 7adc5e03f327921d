import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import type { PartitionExtent } from '../../core/ports/record-source.port';
import type { Deployment, StateStore } from '../../core/ports/state-store.port';
import type { TopicAdmin } from '../../core/ports/topic-admin.port';
import { shuffleName } from '../../core/repartition/names';
import { type Finding, ok, warning, wrong } from './finding';

export interface PlacePorts {
  readonly stateStore: StateStore;
  readonly topics: TopicAdmin;
  readonly nowMs: number;
  /** Of a topic, ms; negative for ever. `undefined` if it is not known. */
  readonly retentionMsOf: (topic: string) => number | undefined;
}

/** Records that have used up so much of their retention unprocessed are in danger. */
const DANGER = 0.5;

/**
 * Whether the log still has, and will have, what the tasks have not processed; and whether partitions are those of the
 * deployment, and enough. Throws TransientError when Redis or Kafka does not answer.
 */
export async function placeFindings(pipeline: CompiledPipeline, ports: PlacePorts): Promise<readonly Finding[]> {
  const { topic } = pipeline.definition.spec.source;
  const partitions = await ports.topics.partitionCount(topic);
  if (partitions === undefined) return [];
  const inForce = await ports.stateStore.deployment(pipeline.name);
  return [
    ...(await partitionFindings(pipeline, partitions, inForce, ports)),
    ...(inForce ? await checkpointFindings(pipeline, inForce, ports) : []),
  ];
}

async function partitionFindings(
  { name, definition, keyNames }: CompiledPipeline,
  partitions: number,
  inForce: Deployment | undefined,
  { topics }: PlacePorts,
): Promise<readonly Finding[]> {
  const { topic, partitions: asked } = definition.spec.source;
  const subject = `partitions of ${topic}`;
  const findings: Finding[] = [];
  const before = inForce?.partitions ?? partitions;
  if (partitions > before && keyNames.length > 0 && inForce?.repartitioned !== true) {
    const text = `there were ${before} when ${name} was deployed, now there are ${partitions}: keys have moved to other tasks`;
    const remedy = `a new topic and a pipeline of another name; or millrace reset ${name} --to latest`;
    findings.push(wrong(subject, text, remedy));
  }
  const members = await topics.memberCount(name);
  if (members > partitions) {
    const text = `${partitions} partitions for ${members} processes: ${members - partitions} of them have nothing to do for ${name}`;
    const remedy = `run fewer processes, or give ${name} a topic with more partitions`;
    findings.push(warning(subject, text, remedy));
  } else if (partitions < asked) {
    const text = `${partitions}, and ${name} asks for ${asked}: at most ${partitions} processes share its work`;
    findings.push(
      warning(subject, text, `a topic with ${asked} partitions, or partitions: ${partitions} in the definition`),
    );
  }
  return findings.length > 0 ? findings : [ok(subject, `${partitions}, enough for ${members} processes`)];
}

/** The tasks that read the source, and the first offset of each that is not processed. */
async function checkpointFindings(
  { name, definition }: CompiledPipeline,
  { repartitioned }: Deployment,
  { stateStore, topics, nowMs, retentionMsOf }: PlacePorts,
): Promise<readonly Finding[]> {
  const { topic } = definition.spec.source;
  const reader = repartitioned ? shuffleName(name) : name;
  const extents = await topics.extents(topic);
  const retentionMs = retentionMsOf(topic) ?? -1;
  const aged = retentionMs < 0 ? undefined : await topics.offsetsAt(topic, nowMs - retentionMs * DANGER);
  const findings: Finding[] = [];
  for (const [partition, extent] of extents) {
    const task = await stateStore.peek({ pipeline: reader, partition });
    if (!task) continue;
    const place = { name, place: `${topic}/${partition}`, next: task.progress.nextOffset };
    findings.push(...offsetFindings(place, extent, aged?.get(partition)));
  }
  return findings.length > 0 ? findings : [ok(`checkpoints of ${name}`, 'the log has all that is not processed')];
}

function offsetFindings(
  { name, place, next }: { readonly name: string; readonly place: string; readonly next: bigint },
  { earliest, end }: PartitionExtent,
  agedUpTo: bigint | undefined,
): readonly Finding[] {
  const subject = `checkpoints of ${name}`;
  const reset = `millrace reset ${name} --to earliest`;
  if (next < earliest) {
    const text = `${place} begins at offset ${earliest}, the checkpoint is at ${next}: records were deleted unprocessed`;
    return [wrong(subject, text, `${reset}, and retention.ms=-1 on the topic`)];
  }
  if (next > end) {
    const text = `${place} ends at offset ${end}, the checkpoint is at ${next}: the topic was made anew or cut short`;
    return [wrong(subject, text, reset)];
  }
  if (agedUpTo === undefined || agedUpTo <= next) return [];
  const text = `${agedUpTo - next} records of ${place} are not processed and older than half of the retention: they will be deleted`;
  return [wrong(subject, text, 'retention.ms=-1 on the topic now; then see why the pipeline lags')];
}
