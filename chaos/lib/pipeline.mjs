import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GRACE_MS, OUT_OF_ORDERNESS_MS, WINDOW_MS } from './records.mjs';

/** The pipeline under test. Its windows close by records alone: no clock decides what a row is. */
export function writePipeline(folder, { name, source, output, keyspace, shuffled }) {
  mkdirSync(folder, { recursive: true });
  const definition = {
    apiVersion: 'millrace/v1',
    kind: 'Pipeline',
    metadata: { name },
    spec: {
      source: {
        topic: source,
        format: 'json',
        time: { field: 'ts', outOfOrderness: `${OUT_OF_ORDERNESS_MS}ms`, idleAfter: 'never' },
      },
      key: ['k'],
      ...(shuffled && { repartition: 'always' }),
      window: { kind: 'tumbling', size: `${WINDOW_MS}ms`, grace: `${GRACE_MS}ms` },
      aggregate: { n: 'count()', total: 'sum(v)', least: 'min(v)', most: 'max(v)' },
      emit: { on: 'both' },
      late: 'drop',
      sinks: [
        { cassandra: { table: `${keyspace}.rows`, columns: columns() } },
        { kafka: { topic: output } },
        { live: {} },
      ],
    },
  };
  writeFileSync(join(folder, 'chaos.json'), JSON.stringify(definition, null, 2));
}

function columns() {
  return {
    k: 'key.k',
    window_start: 'window.start',
    n: 'n',
    total: 'total',
    least: 'least',
    most: 'most',
    final: 'final',
  };
}
