import { type ColumnOptions, compileColumnExpression } from './column-expression';
import type { CompiledSink } from './compiled-pipeline';
import { compileRedisSink } from './compile-redis-sink';
import type { SinkDefinition } from './definition';

export function compileSink(sink: SinkDefinition, options: ColumnOptions): CompiledSink {
  if ('live' in sink) return { kind: 'live' };
  if ('kafka' in sink) return { kind: 'kafka', ...sink.kafka };
  if ('redis' in sink) return compileRedisSink(sink.redis, options);
  const [keyspace = '', table = ''] = sink.cassandra.table.split('.');
  const columns = Object.entries(sink.cassandra.columns).map(
    ([name, text]) => [name, compileColumnExpression(name, text, options)] as const,
  );
  const { moving, writeTime, cached } = sink.cassandra;
  return {
    ...{ kind: 'cassandra', keyspace, table, columns: Object.fromEntries(columns) },
    ...(moving && { moving }),
    ...(writeTime && { writeTime }),
    ...(cached === true && { cached }),
  };
}
