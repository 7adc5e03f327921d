import { isClockColumn } from './clock-column';
import { type ColumnOptions, compileColumnExpression } from './column-expression';
import type { CompiledMetrics, CompiledSink } from './compiled-pipeline';
import { compileRedisSink } from './compile-redis-sink';
import { valueSubject } from '../ports/schema-registry.port';
import type { SinkDefinition } from './definition';
import type { MetricsSinkDefinition } from './metrics-sink-definition';

type KafkaSink = Extract<SinkDefinition, { readonly kafka: unknown }>['kafka'];

export function compileSink(sink: SinkDefinition, options: ColumnOptions): CompiledSink {
  if ('live' in sink) return { kind: 'live' };
  if ('kafka' in sink) return compileTopic(sink.kafka);
  if ('redis' in sink) return compileRedisSink(sink.redis, options);
  if ('metrics' in sink) return compileMetrics(sink.metrics, options);
  const [keyspace = '', table = ''] = sink.cassandra.table.split('.');
  const { moving, writeTime, cached } = sink.cassandra;
  const given = Object.entries(sink.cassandra.columns);
  const columns = given
    .filter(([, text]) => !isClockColumn(text))
    .map(([name, text]) => [name, compileColumnExpression(name, text, options)] as const);
  const clockColumns = given.filter(([, text]) => isClockColumn(text)).map(([name]) => name);
  return {
    ...{ kind: 'cassandra', keyspace, table, columns: Object.fromEntries(columns) },
    ...(clockColumns.length > 0 && { clockColumns }),
    ...(moving && { moving }),
    ...(writeTime && { writeTime }),
    ...(cached === true && { cached }),
  };
}

function compileMetrics(sink: MetricsSinkDefinition, options: ColumnOptions): CompiledMetrics {
  const { name, value, title, maxSeries, ttl } = sink;
  return {
    ...{ kind: 'metrics', valueName: name, maxSeries, ttlMs: ttl },
    value: compileColumnExpression('value', value, options),
    title: title === undefined ? undefined : compileColumnExpression('title', title, options),
  };
}

function compileTopic({ topic, delivery, format, subject, schema, message }: KafkaSink): CompiledSink {
  if (format === undefined || format === 'json') return { kind: 'kafka', topic, delivery };
  const writing = {
    ...{ format, subject: subject ?? valueSubject(topic) },
    ...(schema?.text !== undefined && { schema: schema.text }),
    ...(message !== undefined && { message }),
  };
  return { kind: 'kafka', topic, delivery, writing };
}
