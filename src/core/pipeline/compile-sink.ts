import { isClockColumn } from './clock-column';
import { type ColumnOptions, compileColumnExpression } from './column-expression';
import type { CompiledSink } from './compiled-pipeline';
import { compileRedisSink } from './compile-redis-sink';
import type { SinkDefinition } from './definition';

export function compileSink(sink: SinkDefinition, options: ColumnOptions): CompiledSink {
  if ('live' in sink) return { kind: 'live' };
  if ('kafka' in sink) return { kind: 'kafka', ...sink.kafka };
  if ('redis' in sink) return compileRedisSink(sink.redis, options);
  const [keyspace = '', table = ''] = sink.cassandra.table.split('.');
  const given = Object.entries(sink.cassandra.columns);
  const columns = given
    .filter(([, text]) => !isClockColumn(text))
    .map(([name, text]) => [name, compileColumnExpression(name, text, options)] as const);
  const clockColumns = given.filter(([, text]) => isClockColumn(text)).map(([name]) => name);
  return {
    ...{ kind: 'cassandra', keyspace, table, columns: Object.fromEntries(columns) },
    ...(clockColumns.length > 0 && { clockColumns }),
  };
}
