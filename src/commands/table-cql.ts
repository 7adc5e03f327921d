import { isCompound } from '../core/aggregates/compound';
import type { ColumnExpression, CompiledPipeline, CompiledSink } from '../core/pipeline/compiled-pipeline';

type CassandraSink = Extract<CompiledSink, { kind: 'cassandra' }>;

/** A column of a table as its pipeline needs it. `role` says what part of the primary key it is. */
interface Column {
  readonly name: string;
  readonly type: string;
  readonly role: 'partition' | 'clustering' | 'value';
}

const TYPES: Readonly<Record<string, string>> = {
  'window.start': 'timestamp',
  'window.end': 'timestamp',
  'window.date': 'date',
  'window.year': 'int',
  'window.index': 'bigint',
  revision: 'bigint',
  final: 'boolean',
};
/** Aggregates whose results are whole numbers. */
const COUNTS = new Set(['count', 'distinct']);
/** Aggregates that give back values of the records, whatever those are. */
const ANY = new Set(['first', 'last', 'arg_min', 'arg_max']);
/** What a column of a window is: the rest of `window.*` buckets partitions. */
const TIME_COLUMNS = ['window.start', 'window.date', 'window.end', 'window.index'];

/** The statements that create what a pipeline's sinks write to, if it is missing. */
export function createStatements(pipeline: CompiledPipeline, replication: string): readonly string[] {
  const sinks = pipeline.sinks.filter((sink) => sink.kind === 'cassandra');
  const keyspaces = [...new Set(sinks.map(({ keyspace }) => keyspace))];
  return [
    ...keyspaces.map((keyspace) => `CREATE KEYSPACE IF NOT EXISTS ${keyspace}\n  WITH replication = ${replication};`),
    ...sinks.map((sink) => createTable(pipeline, sink)),
  ];
}

/** What a reader of the statements should think about. */
export function tableRemarks(pipeline: CompiledPipeline): readonly string[] {
  return pipeline.sinks.flatMap((sink) => {
    if (sink.kind !== 'cassandra') return [];
    const columns = columnsOf(pipeline, sink);
    const table = `${sink.keyspace}.${sink.table}`;
    const remarks = anyRemarks(pipeline, sink);
    if (pipeline.keyNames.length === 0) {
      const [first] = columns;
      return [
        ...remarks,
        `${table}: records without a key are told apart by what their sender knows: ${first?.name} is taken as the primary key, choose it well`,
      ];
    }
    if (!Object.values(sink.columns).some(({ text }) => /^key\b/.test(text.trim()))) {
      remarks.push(`${table}: no column is mapped to key.*, so rows of different keys would be one row: map the key`);
    }
    const isBucketed = Object.values(sink.columns).some(({ text }) => text.trim() === 'window.year');
    if (columns.some(({ role }) => role === 'clustering') && !isBucketed) {
      remarks.push(`${table}: a partition holds all windows of a key and grows for ever: map a column to window.year`);
    }
    return remarks;
  });
}

function createTable(pipeline: CompiledPipeline, sink: CassandraSink): string {
  const columns = columnsOf(pipeline, sink);
  const named = (role: Column['role']) => columns.filter((column) => column.role === role).map(({ name }) => name);
  const [partition, clustering] = [named('partition'), named('clustering')];
  const primaryKey = [`(${partition.join(', ')})`, ...clustering].join(', ');
  const order =
    clustering.length > 0 ? [`CLUSTERING ORDER BY (${clustering.map((name) => `${name} DESC`).join(', ')})`] : [];
  const options = [
    ...order,
    `compaction = { 'class': 'UnifiedCompactionStrategy' }`,
    `comment = 'Rows of pipeline ${pipeline.name.replaceAll("'", "''")}'`,
  ];
  return [
    `CREATE TABLE IF NOT EXISTS ${sink.keyspace}.${sink.table} (`,
    ...columns.map(({ name, type }) => `  ${name} ${type},`),
    `  PRIMARY KEY (${primaryKey})`,
    `) WITH ${options.join('\n  AND ')};`,
  ].join('\n');
}

function anyRemarks(pipeline: CompiledPipeline, sink: CassandraSink): string[] {
  return Object.entries(sink.columns).flatMap(([name, { text }]) => {
    const aggregate = pipeline.aggregates.find((other) => other.name === text.trim());
    if (!aggregate || !ANY.has(aggregate.aggregator.name)) return [];
    const column = `${sink.keyspace}.${sink.table}.${name}`;
    return [`${column}: text takes whatever ${aggregate.name} is; make it double if that is a number`];
  });
}

/** Those of the key in the order of the key: a clustering key may have its columns in another order than the sink. */
function columnsOf(pipeline: CompiledPipeline, sink: CassandraSink): readonly Column[] {
  const texts = Object.values(sink.columns).map(({ text }) => text.trim());
  const moving = (sink.moving ?? []).map((name) => sink.columns[name]!.text.trim());
  const clustering = [...moving, ...clusteringOf(pipeline, texts)];
  const columns = Object.entries(sink.columns).map(([name, expression], i) => ({
    name,
    text: expression.text.trim(),
    type: typeOf(pipeline, expression.text.trim()),
    role: pipeline.keyNames.length > 0 ? roleOf(pipeline, expression, clustering) : i === 0 ? 'partition' : 'value',
  })) satisfies readonly Column[];
  const place = ({ text }: { readonly text: string }): number => clustering.indexOf(text);
  const inKey = columns.filter(({ role }) => role === 'clustering').sort((a, b) => place(a) - place(b));
  const clocks = (sink.clockColumns ?? []).map((name) => ({ name, type: 'timestamp', role: 'value' }) as const);
  return [...columns.map((column) => (column.role === 'clustering' ? inKey.shift()! : column)), ...clocks];
}

/** What tells the windows of a key apart, as far as columns are mapped to it. */
function clusteringOf({ definition }: CompiledPipeline, texts: readonly string[]): readonly string[] {
  const mapped = (names: readonly string[]): string[] => names.filter((name) => texts.includes(name));
  switch (definition.spec.window?.kind) {
    case 'session':
    case 'sliding':
    case 'cumulative':
      return mapped(['window.start', 'window.end']);
    case 'hopping':
      return mapped(['window.start', 'window.end']).slice(0, 1);
    case 'count':
      return mapped(['window.index']);
    case 'calendar':
      if (definition.spec.window.unit !== 'hour')
        return mapped(['window.date', 'window.start', 'window.end']).slice(0, 1);
      return mapped(['window.start', 'window.end']).slice(0, 1);
    case 'tumbling':
      return mapped(['window.start', 'window.date', 'window.end']).slice(0, 1);
    case 'global':
    case undefined:
      return [];
  }
}

function roleOf(
  { definition }: CompiledPipeline,
  { text, identifiesRow }: ColumnExpression,
  clustering: readonly string[],
): Column['role'] {
  const trimmed = text.trim();
  if (clustering.includes(trimmed)) return 'clustering';
  if (!identifiesRow) return 'value';
  // A global window has no bounds: what is made of them is null.
  const isUnbounded = definition.spec.window?.kind === 'global' && /\bwindow\b/.test(trimmed);
  return isUnbounded || TIME_COLUMNS.includes(trimmed) ? 'value' : 'partition';
}

/**
 * Keys are text, counts whole numbers, other results doubles; a column of text holds lists and objects as JSON, and
 * whatever else an aggregate or a record gives. A computed column is what its expression most likely gives.
 */
function typeOf(pipeline: CompiledPipeline, text: string): string {
  if (TYPES[text]) return TYPES[text];
  if (/^key\b/.test(text) || /^string\(/.test(text)) return 'text';
  if (pipeline.keyNames.length === 0) return 'text';
  const aggregate = pipeline.aggregates.find(({ name }) => name === text)?.aggregator;
  if (aggregate && (isCompound(aggregate) || ANY.has(aggregate.name))) return 'text';
  return aggregate && COUNTS.has(aggregate.name) ? 'bigint' : 'double';
}
