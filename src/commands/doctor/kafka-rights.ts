import type { KafkaFacts } from '../../adapters/kafka/kafka-facts';
import type { KafkaOperation } from '../../adapters/kafka/kafkajs/authorized-operations';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import { shuffleName } from '../../core/repartition/names';
import { deadLetterTopic } from '../../core/task/dead-letter';
import { type Finding, ok, warning, wrong } from './finding';

const SUBJECT = 'kafka permissions';
/** Of the groups that follow lookup topics. */
const LOOKUP_GROUPS = 'millrace-lookup';

interface Need {
  readonly kind: 'topic' | 'group';
  readonly name: string;
  /** The name only begins so; what comes after differs each time. */
  readonly isPrefix?: true;
  readonly operation: KafkaOperation;
  /** What does not work without it. */
  readonly else: string;
  /** Whether the pipeline runs without it. */
  readonly isOptional?: true;
}

/** Topics and groups whose rights are asked for. */
export function kafkaResources(pipelines: readonly CompiledPipeline[]): { topics: string[]; groups: string[] } {
  const needs = pipelines.flatMap(needsOf);
  const namesOf = (kind: Need['kind']): string[] => [
    ...new Set(needs.filter((need) => need.kind === kind).map(({ name }) => name)),
  ];
  return { topics: namesOf('topic'), groups: namesOf('group') };
}

type KafkaRights = Pick<KafkaFacts, 'rights' | 'notCreatable' | 'refusesProducer'>;

/** What the user lacks, each with the command that gives it; of topics that are not there yet too. */
export function kafkaRightsFindings(
  user: string | undefined,
  { rights, notCreatable, refusesProducer }: KafkaRights,
  pipelines: readonly CompiledPipeline[],
): readonly Finding[] {
  const principal = `User:${user ?? 'ANONYMOUS'}`;
  const lacking = pipelines.flatMap(needsOf).filter(({ kind, name, operation }) => {
    const held = (kind === 'topic' ? rights.topics : rights.groups).get(name);
    return held && !held.has(operation);
  });
  const distinct = [...new Map(lacking.map((need) => [`${need.kind} ${need.name} ${need.operation}`, need])).values()];
  const findings = [
    ...distinct.map((need) => lackFinding(principal, need)),
    ...[...notCreatable].map(([topic, why]) => notCreatableFinding(principal, topic, why)),
    ...(refusesProducer ? [producerFinding(principal)] : []),
  ];
  return findings.length > 0 ? findings : [ok(SUBJECT, `${principal} may do what the pipelines do`)];
}

function lackFinding(principal: string, { kind, name, isPrefix, operation, ...need }: Need): Finding {
  const which = isPrefix ? `${kind}s that begin with ${name}` : `${kind} ${name}`;
  const text = `${principal} has no ${operation} on ${which}: ${need.else}`;
  const remedy = `${allow(principal, operation)} --${kind} ${name}${isPrefix ? ' --resource-pattern-type prefixed' : ''}`;
  return need.isOptional ? warning(SUBJECT, text, remedy) : wrong(SUBJECT, text, remedy);
}

function notCreatableFinding(principal: string, topic: string, why: string): Finding {
  const text = `topic ${topic} is not there, or not shown to ${principal}, and cannot be created: ${why}`;
  return wrong(SUBJECT, text, `${allow(principal, 'CREATE')} --topic ${topic}; or create it by hand`);
}

/** From Kafka 2.8 on, who may write to any topic may be an idempotent producer (KIP-679). */
function producerFinding(principal: string): Finding {
  const remedy = `${allow(principal, 'IDEMPOTENT_WRITE')} --cluster; from Kafka 2.8 on WRITE on a topic is enough`;
  return wrong(SUBJECT, `${principal} may not write to any topic as an idempotent producer`, remedy);
}

/** `DESCRIBE_CONFIGS` is `DescribeConfigs` to the tool. */
function allow(principal: string, operation: KafkaOperation): string {
  const words = operation.split('_').map((word) => word[0]! + word.slice(1).toLowerCase());
  return `kafka-acls.sh --add --allow-principal ${principal} --operation ${words.join('')}`;
}

function needsOf({ name, definition, sinks, lookups, lateTopic }: CompiledPipeline): readonly Need[] {
  const { topic } = definition.spec.source;
  const reads = lookups.flatMap(({ table }) => (table.kind === 'topic' ? [table.name] : []));
  const outputs = sinks.flatMap((sink) => (sink.kind === 'kafka' ? [sink] : []));
  return [
    read(topic, `${name} cannot read its source`),
    { ...write(topic, 'ingestion over HTTP, feeds and replays of dead letters cannot write'), isOptional: true },
    {
      ...{ kind: 'topic', name: topic, operation: 'DESCRIBE_CONFIGS', isOptional: true },
      else: 'nobody can tell here whether it keeps its records for as long as they are needed',
    },
    group(name, `${name} cannot join its group`),
    group(shuffleName(name), `${name} cannot join its group`),
    write(deadLetterTopic(topic), 'records that cannot be processed have nowhere to go, and the pipeline waits'),
    ...outputs.map((sink) => write(sink.topic, `${name} cannot write its rows`)),
    ...(outputs.some(({ delivery }) => delivery === 'exactly-once')
      ? [group(`${name}.out`, `${name} cannot write its rows`)]
      : []),
    ...(lateTopic === undefined ? [] : [write(lateTopic, 'late records have nowhere to go, and the pipeline waits')]),
    ...reads.map((table) => read(table, `${name} cannot look up what it holds`)),
    ...(reads.length > 0
      ? [{ ...group(LOOKUP_GROUPS, `${name} cannot read its lookup topics`), isPrefix: true as const }]
      : []),
  ];
}

function read(topic: string, without: string): Need {
  return { kind: 'topic', name: topic, operation: 'READ', else: without };
}

function write(topic: string, without: string): Need {
  return { kind: 'topic', name: topic, operation: 'WRITE', else: without };
}

function group(name: string, without: string): Need {
  return { kind: 'group', name, operation: 'READ', else: without };
}
