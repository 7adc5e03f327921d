import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GRACE_MS, OUT_OF_ORDERNESS_MS, WINDOW_MS } from './records.mjs';

/**
 * The pipelines under test, both on one topic whose message key is `k`. The first has it as its key and shows its rows in two
 * topics, of which one shows each version once. The second has the group as its key, so that its records are shuffled.
 *
 * @typedef {{ name: string, field: 'k' | 'g', table: string, output: string, exact?: string }} Watched
 * @returns {Watched[]}
 */
export function pipelinesOf(name) {
  return [
    { name, field: 'k', table: 'rows', output: `${name}.out`, exact: `${name}.exact` },
    { name: `${name}-groups`, field: 'g', table: 'groups', output: `${name}-groups.out` },
  ];
}

export const isShuffled = ({ field }) => field !== 'k';

/** The names under which the tasks of the pipelines commit: shuffles have one of their own. */
export function committersOf(pipelines) {
  return pipelines.flatMap((each) => (isShuffled(each) ? [shuffleOf(each), each.name] : [each.name]));
}

export const shuffleOf = ({ name }) => `${name}.shuffle`;

/** Their windows close by records alone: no clock decides what a row is. */
export function writePipelines(folder, pipelines, { source, keyspace }) {
  mkdirSync(folder, { recursive: true });
  for (const pipeline of pipelines) {
    const definition = definitionOf(pipeline, source, keyspace);
    writeFileSync(join(folder, `${pipeline.name}.json`), JSON.stringify(definition, null, 2));
  }
}

function definitionOf({ name, field, table, output, exact }, source, keyspace) {
  return {
    apiVersion: 'millrace/v1',
    kind: 'Pipeline',
    metadata: { name },
    spec: {
      source: {
        topic: source,
        format: 'json',
        time: { field: 'ts', outOfOrderness: `${OUT_OF_ORDERNESS_MS}ms`, idleAfter: 'never' },
      },
      key: [field],
      repartition: isShuffled({ field }) ? 'always' : 'never',
      window: { kind: 'tumbling', size: `${WINDOW_MS}ms`, grace: `${GRACE_MS}ms` },
      aggregate: { n: 'count()', total: 'sum(v)', least: 'min(v)', most: 'max(v)' },
      emit: { on: 'both' },
      late: 'drop',
      sinks: [
        { cassandra: { table: `${keyspace}.${table}`, columns: columns(field) } },
        { kafka: { topic: output } },
        ...(exact ? [{ kafka: { topic: exact, delivery: 'exactly-once' } }] : []),
        { live: {} },
      ],
    },
  };
}

function columns(field) {
  return {
    k: `key.${field}`,
    window_start: 'window.start',
    n: 'n',
    total: 'total',
    least: 'least',
    most: 'most',
    final: 'final',
  };
}
