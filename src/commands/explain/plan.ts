import { createdTables } from '../../adapters/cassandra/created-tables';
import type { TableSchema } from '../../adapters/cassandra/table-schema';
import { boardKeys, deploymentKey, segmentKey, taskKeys } from '../../adapters/redis/redis-keys';
import type { CompiledBoard, CompiledPipeline, CompiledSink } from '../../core/pipeline/compiled-pipeline';
import type { Language } from '../../core/pipeline/language';
import { repartitionOf } from '../../core/pipeline/repartition-definition';
import { estimateState, type StateEstimate } from '../../core/plan/state-estimate';
import { type Topology, topologyOf } from '../../core/plan/topology';
import { repartitionTopicPattern } from '../../core/repartition/names';
import type { TopicSpec } from '../../core/ports/topic-admin.port';
import { topicsOf } from '../../processing/topics-of';
import { createStatements } from '../table-cql';

/** What the service makes of a definition: everything that can be told without a server. */
export interface Plan {
  readonly pipeline: string;
  /** One for each partition of the source topic; its partitions are those that the definition names until it exists. */
  readonly tasks: number;
  readonly topics: readonly TopicSpec[];
  readonly state: StateEstimate;
  /** Of the first task. */
  readonly redisKeys: readonly { readonly key: string; readonly holds: string }[];
  readonly tables: readonly PlannedTable[];
  readonly checkpoint: { readonly intervalMs: number; readonly maxRows: number; readonly maxBytes: number };
  readonly topology: Topology;
}

export interface PlannedTable {
  readonly table: string;
  readonly partitionKey: readonly string[];
  readonly clusteringKey: readonly string[];
  readonly columns: readonly string[];
  /** Whether the shipped migrations make it; else `millrace ddl` prints what does. */
  readonly isMigrated: boolean;
}

type CassandraSink = Extract<CompiledSink, { kind: 'cassandra' }>;

/** `migrated` are the tables that the migrations make, by `keyspace.table`. */
export function planOf(
  pipeline: CompiledPipeline,
  language: Language,
  migrated: ReadonlyMap<string, TableSchema>,
): Plan {
  const { source, checkpoint } = pipeline.definition.spec;
  const { when } = repartitionOf(pipeline.definition.spec);
  const ofDdl = createdTables(createStatements(pipeline, '{}'));
  const sinks = pipeline.sinks.filter((sink) => sink.kind === 'cassandra');
  return {
    pipeline: pipeline.name,
    tasks: source.partitions,
    topics: topicsOf(pipeline),
    state: estimateState(pipeline, language),
    redisKeys: redisKeys(pipeline),
    tables: sinks.map((sink) => plannedTable(sink, migrated, ofDdl)),
    checkpoint: { intervalMs: checkpoint.interval, maxRows: checkpoint.maxRows, maxBytes: checkpoint.maxBytes },
    topology: topologyOf(
      pipeline,
      source.partitions,
      when === 'always' ? repartitionTopicPattern(pipeline.name) : undefined,
    ),
  };
}

function plannedTable(
  { keyspace, table, columns }: CassandraSink,
  migrated: ReadonlyMap<string, TableSchema>,
  ofDdl: ReadonlyMap<string, TableSchema>,
): PlannedTable {
  const name = `${keyspace}.${table}`;
  const schema = migrated.get(name) ?? ofDdl.get(name);
  return {
    table: name,
    partitionKey: (schema?.partitionKey ?? []).map((column) => column.name),
    clusteringKey: (schema?.clusteringKey ?? []).map((column) => column.name),
    columns: Object.entries(columns).map(([column, { text }]) => `${column} = ${text}`),
    isMigrated: migrated.has(name),
  };
}

function redisKeys(pipeline: CompiledPipeline): Plan['redisKeys'] {
  const task = { pipeline: pipeline.name, partition: 0 };
  const keys = taskKeys(task);
  const segment = SEGMENTS[estimateState(pipeline).entry];
  return [
    { key: deploymentKey(pipeline.name), holds: 'generation and fingerprint of the definition; one for all tasks' },
    { key: keys.task, holds: 'owner, next offset, stream time, watermark, counts' },
    { key: keys.segments, holds: 'names of the segments below' },
    { key: keys.pending, holds: 'rows that are committed and not emitted yet' },
    ...(segment ? [{ key: segmentKey(task, segment.name), holds: segment.holds }] : []),
    ...(pipeline.sinks.some(({ kind }) => kind === 'live')
      ? [{ key: keys.feed, holds: 'the newest rows, for /v1/pipelines/{name}/live' }]
      : []),
    ...pipeline.sinks.flatMap((sink) => (sink.kind === 'redis' ? [boardKey(pipeline.name, sink)] : [])),
  ];
}

function boardKey(pipeline: string, { view, key, size }: CompiledBoard): Plan['redisKeys'][number] {
  const { scores, seen } = boardKeys({ pipeline, view, key: key && `<${key.text}>` });
  if (view === 'unique') return { key: seen, holds: 'HyperLogLog of the members, at most 12 KiB' };
  return { key: scores, holds: `member to score, at most ${size}; with it :versions, :texts and :gone` };
}

const SEGMENTS = {
  pane: { name: '<start>:<end>:<zone>', holds: 'one window: key to pane; dropped when the window closes' },
  slice: { name: '<start>:<end>:<zone>', holds: 'one slice: key to pane; dropped when its last window closes' },
  window: { name: 'keys', holds: 'key to all of its windows' },
  none: undefined,
} as const;
