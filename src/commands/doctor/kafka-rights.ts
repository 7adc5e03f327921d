import type { AuthorizedOperations, KafkaOperation } from '../../adapters/kafka/kafkajs/authorized-operations';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import { shuffleName } from '../../core/repartition/names';
import { type Finding, ok, warning, wrong } from './finding';

interface Need {
  readonly kind: 'topic' | 'group';
  readonly name: string;
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

/** What the user lacks, each with the command that gives it; of topics that are not there yet too. */
export function kafkaRightsFindings(
  user: string | undefined,
  rights: AuthorizedOperations,
  pipelines: readonly CompiledPipeline[],
): readonly Finding[] {
  const principal = `User:${user ?? 'ANONYMOUS'}`;
  const lacking = pipelines.flatMap(needsOf).filter(({ kind, name, operation }) => {
    const held = (kind === 'topic' ? rights.topics : rights.groups).get(name);
    return held && !held.has(operation);
  });
  const distinct = [...new Map(lacking.map((need) => [`${need.kind} ${need.name} ${need.operation}`, need])).values()];
  if (distinct.length === 0) return [ok('kafka permissions', `${principal} may do what the pipelines do`)];
  return distinct.map(({ kind, name, operation, isOptional, ...need }) => {
    const text = `${principal} has no ${operation} on ${kind} ${name}: ${need.else}`;
    const remedy = `kafka-acls.sh --add --allow-principal ${principal} --operation ${operation} --${kind} ${name}`;
    return isOptional ? warning('kafka permissions', text, remedy) : wrong('kafka permissions', text, remedy);
  });
}

function needsOf({ name, definition, sinks }: CompiledPipeline): readonly Need[] {
  const { topic } = definition.spec.source;
  const late = definition.spec.late;
  const group = (of: string): Need => ({
    ...{ kind: 'group', name: of, operation: 'READ', else: `${name} cannot join its group` },
  });
  const write = (to: string, without: string): Need => ({ kind: 'topic', name: to, operation: 'WRITE', else: without });
  return [
    { kind: 'topic', name: topic, operation: 'READ', else: `${name} cannot read its source` },
    { ...write(topic, 'ingestion over HTTP, feeds and replays of dead letters cannot write'), isOptional: true },
    group(name),
    group(shuffleName(name)),
    write(`${topic}.dead`, 'records that cannot be processed have nowhere to go, and the pipeline waits'),
    ...sinks.flatMap((sink) => (sink.kind === 'kafka' ? [write(sink.topic, `${name} cannot write its rows`)] : [])),
    ...(typeof late === 'object' && 'topic' in late
      ? [write(late.topic, 'late records have nowhere to go, and the pipeline waits')]
      : []),
  ];
}
