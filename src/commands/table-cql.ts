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
  revision: 'bigint',
  final: 'boolean',
};
/** Aggregates whose results are whole numbers. */
const COUNTS = new Set(['count', 'distinct']);
/** Aggregates whose results are lists or objects, which a column of text holds as JSON. */
const COMPOUNDS = new Set(['top_k', 'ohlc', 'collect', 'histogram']);
/** A clustering key needs one column that tells windows apart; the first that the sink maps is taken. */
const TIME_COLUMNS = ['window.start', 'window.date', 'window.end'];

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
    const remarks: string[] = [];
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

function columnsOf(pipeline: CompiledPipeline, sink: CassandraSink): readonly Column[] {
  const entries = Object.entries(sink.columns);
  const timeText = TIME_COLUMNS.find((text) => entries.some(([, expression]) => expression.text.trim() === text));
  return entries.map(([name, expression]) => ({
    name,
    type: typeOf(pipeline, expression.text.trim()),
    role: roleOf(expression, timeText),
  }));
}

function roleOf({ text, identifiesRow }: ColumnExpression, timeText: string | undefined): Column['role'] {
  const trimmed = text.trim();
  if (!identifiesRow) return 'value';
  if (trimmed === timeText) return 'clustering';
  if (TIME_COLUMNS.includes(trimmed)) return 'value';
  return 'partition';
}

/** Keys are text, counts whole numbers, other results doubles. A computed column is what its expression most likely gives. */
function typeOf(pipeline: CompiledPipeline, text: string): string {
  if (TYPES[text]) return TYPES[text];
  if (/^key\b/.test(text) || /^string\(/.test(text)) return 'text';
  const aggregate = pipeline.aggregates.find(({ name }) => name === text)?.aggregator;
  if (aggregate && COMPOUNDS.has(aggregate.name)) return 'text';
  return aggregate && COUNTS.has(aggregate.name) ? 'bigint' : 'double';
}
