import type { CompiledSink } from './compiled-pipeline';

/** A sink as metrics, views and plans name it. */
export function sinkName(sink: CompiledSink): string {
  switch (sink.kind) {
    case 'cassandra':
      return `cassandra:${sink.keyspace}.${sink.table}`;
    case 'kafka':
      return `kafka:${sink.topic}`;
    case 'live':
      return 'live';
    case 'metrics':
      return `metrics:${sink.valueName}`;
    case 'redis':
      return `redis:${sink.view}`;
  }
}
