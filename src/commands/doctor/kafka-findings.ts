import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import type { KafkaFacts, TopicFacts, TopicSettings } from '../../adapters/kafka/kafka-facts';
import { type Finding, ok, warning, wrong } from './finding';

/** What the brokers say of themselves and of the topics that the pipelines read. */
export function kafkaFindings(facts: KafkaFacts, pipelines: readonly CompiledPipeline[]): readonly Finding[] {
  const { brokers, topics, missingRequests, rights } = facts;
  const plural = brokers.length === 1 ? 'broker' : 'brokers';
  return [
    ok('kafka', `${brokers.length} ${plural} reachable: ${brokers.join(', ')}`),
    missingRequests.length === 0
      ? ok('kafka version', 'has all requests that Millrace uses')
      : wrong('kafka version', `it lacks ${missingRequests.join(', ')}`, 'use Kafka 2.5 or newer'),
    ...(rights.isKafka4 ? [] : pipelines.filter(showsOnce).map(tooOldForOnce)),
    ...sourcesOf(pipelines).flatMap((source) => topicFindings(source, topics.get(source.topic))),
  ];
}

function showsOnce({ sinks }: CompiledPipeline): boolean {
  return sinks.some((sink) => sink.kind === 'kafka' && sink.delivery === 'exactly-once');
}

function tooOldForOnce({ name }: CompiledPipeline): Finding {
  const text = `${name} has a sink with delivery: exactly-once, for which the brokers are too old`;
  return wrong('kafka version', text, 'use Kafka 4.0 or newer, or delivery: at-least-once');
}

type Source = CompiledPipeline['definition']['spec']['source'];

function sourcesOf(pipelines: readonly CompiledPipeline[]): readonly Source[] {
  return [
    ...new Map(pipelines.map(({ definition }) => [definition.spec.source.topic, definition.spec.source])).values(),
  ];
}

function topicFindings(source: Source, facts: TopicFacts | undefined): readonly Finding[] {
  const subject = `topic ${source.topic}`;
  if (!facts) return [ok(subject, `does not exist yet; start creates it with ${source.partitions} partitions`)];
  return [
    ok(subject, `exists with ${facts.partitions} partitions`),
    ...(facts.leaderless > 0
      ? [wrong(subject, `${facts.leaderless} partitions have no leader`, 'bring the missing brokers back')]
      : []),
    ...(facts.settings ? settingsFindings(source, facts.settings) : []),
  ];
}

function settingsFindings({ topic, maxRecordBytes }: Source, settings: TopicSettings): readonly Finding[] {
  const subject = `topic ${topic}`;
  const alter = `kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config`;
  const { maxMessageBytes } = settings;
  const text = `takes ${maxMessageBytes} bytes a batch, the pipeline records of ${maxRecordBytes}`;
  return [
    ...retentionFindings(subject, settings, alter),
    ...(maxMessageBytes < maxRecordBytes
      ? [warning(subject, text, `${alter} max.message.bytes=${maxRecordBytes}`)]
      : []),
  ];
}

function retentionFindings(
  subject: string,
  { retentionMs, retentionBytes }: TopicSettings,
  alter: string,
): readonly Finding[] {
  const findings: Finding[] = [];
  if (retentionMs >= 0) {
    const days = (retentionMs / 86_400_000).toFixed(1);
    const why = 'records older than that by their own timestamps are deleted within minutes, unprocessed ones too';
    findings.push(warning(subject, `retention.ms keeps ${days} days: ${why}`, `${alter} retention.ms=-1`));
  }
  if (retentionBytes >= 0) {
    const why = 'records beyond that are deleted, unprocessed ones too';
    findings.push(
      warning(subject, `retention.bytes keeps ${retentionBytes} bytes: ${why}`, `${alter} retention.bytes=-1`),
    );
  }
  return findings;
}
