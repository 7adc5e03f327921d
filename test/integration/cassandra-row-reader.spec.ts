import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cassandraRowReader } from '../../src/adapters/cassandra/cassandra-row-reader';
import { CassandraRowSink } from '../../src/adapters/cassandra/cassandra-row-sink';
import { readMigrationFiles } from '../../src/adapters/cassandra/migration';
import { migrate } from '../../src/adapters/cassandra/migrations';
import { checkTable } from '../../src/adapters/cassandra/table-check';
import { ConfigError } from '../../src/core/errors';
import { compilePipeline } from '../../src/core/pipeline/compile';
import type { CompiledPipeline } from '../../src/core/pipeline/compiled-pipeline';
import { parsePipelines } from '../../src/core/pipeline/parse';
import type { RowReader } from '../../src/core/ports/row-reader.port';
import { encodeKey } from '../../src/core/row/key';
import type { KeyFields, Row } from '../../src/core/row/row';
import { openKeyspace, type TestKeyspace } from '../conformance/row-sink-cassandra';
import type { CassandraPlan } from '../conformance/row-sink-fixture';

const never = new AbortController().signal;
const ROOT = join(__dirname, '../..');
const NEW_YEAR = Date.UTC(2013, 0, 1);

function compiled(text: string): CompiledPipeline {
  const { definitions, problems } = parsePipelines(text, 'test.yaml');
  const [definition] = definitions;
  if (!definition) throw new Error(problems.map(({ message }) => message).join('; '));
  return compilePipeline(definition);
}

function planOf(pipeline: CompiledPipeline): CassandraPlan {
  const plan = pipeline.sinks.find((sink) => sink.kind === 'cassandra');
  if (!plan) throw new Error('the pipeline has a table');
  return plan;
}

function rowAt(
  pipeline: CompiledPipeline,
  key: KeyFields,
  eventTimeMs: number,
  values: NonNullable<Row['values']>,
): Row {
  const [window] = pipeline.windows!.assign(eventTimeMs, 'Asia/Shanghai');
  const keyText = encodeKey(pipeline.keyNames.map((name) => key[name] ?? null));
  return { pipeline: pipeline.name, key, keyText, window, values, revision: 1_384_300_800_000_005n, final: true };
}

function pipelineText(table: string, window: string, columns: string): string {
  return [
    'apiVersion: millrace/v1',
    'kind: Pipeline',
    'metadata: { name: shapes }',
    'spec:',
    '  source: { topic: readings, format: json }',
    '  key: [city, sensor]',
    `  window: ${window}`,
    '  aggregate: { readings: count(), peak: max(pm25) }',
    `  sinks: [ { cassandra: { table: ${table}, columns: { ${columns} } } } ]`,
  ].join('\n');
}

describe('reading tables of other shapes', () => {
  let target: TestKeyspace;
  beforeAll(async () => {
    target = await openKeyspace('shapes');
  });
  afterAll(() => target?.close());

  const open = (pipeline: CompiledPipeline): { sink: CassandraRowSink; reader: RowReader } => {
    const reader = cassandraRowReader(target.client, pipeline);
    if (!reader) throw new Error('the table holds all that a row needs');
    return { reader, sink: new CassandraRowSink(target.client, planOf(pipeline)) };
  };

  it('reads the shipped pipeline back from the table of the repository', async () => {
    const inKeyspace = (text: string): string => text.replaceAll('aqdata', target.keyspace);
    const files = await readMigrationFiles(join(ROOT, 'cql'));
    const own = files.map(({ fileName, text }) => ({ fileName, text: inKeyspace(text) }));
    await migrate(target.client, own, { keyspace: target.keyspace });
    const pipeline = compiled(inKeyspace(await readFile(join(ROOT, 'pipelines/air-quality-daily.yaml'), 'utf8')));
    await checkTable(target.client, planOf(pipeline));
    const { sink, reader } = open(pipeline);
    const key = { location: 'Beijing US Post' };
    const values = { avg_pm25: 81.25, max_pm25: 300, min_pm25: null, readings: 24 };
    // The table shows where days begin and end, and not the zone of the post.
    const shanghai = [-1, 0, 1].map((day) => NEW_YEAR + (day * 24 - 8) * 3_600_000);
    const rows = shanghai.map((startMs) => ({
      ...rowAt(pipeline, key, startMs, values),
      window: { startMs, endMs: startMs + 86_400_000, zone: 'UTC' },
    }));
    const written = rows.map((row) => ({ ...row, window: { ...row.window, zone: 'Asia/Shanghai' } }));
    await sink.write(written, never);
    const range = { fromMs: NEW_YEAR - 7 * 86_400_000, toMs: NEW_YEAR + 7 * 86_400_000 };
    expect(await reader.read({ key, ...range, limit: 10 })).toEqual({ rows });
    expect((await reader.read({ limit: 10 })).rows).toHaveLength(3);
  });

  it('reads minutes in a partition that keys share, with part of the key and the window in the clustering key', async () => {
    const table = `${target.keyspace}.minutes`;
    await target.run(
      `CREATE TABLE ${table} (city text, sensor int, at timestamp, readings bigint, peak double, ` +
        'PRIMARY KEY (city, sensor, at)) WITH CLUSTERING ORDER BY (sensor ASC, at DESC)',
    );
    const columns = 'city: key.city, sensor: key.sensor, at: window.start, readings: readings, peak: peak';
    const pipeline = compiled(pipelineText(table, '{ kind: tumbling, size: 1m }', columns));
    const { sink, reader } = open(pipeline);
    const rowsOf = (sensor: number): readonly Row[] =>
      Array.from({ length: 90 }, (_, minute) =>
        rowAt(pipeline, { city: 'a', sensor }, NEW_YEAR + minute * 60_000, { readings: minute, peak: sensor / 2 }),
      );
    await sink.write([...rowsOf(1), ...rowsOf(2)], never);
    const all = { fromMs: 0, toMs: Date.UTC(2200, 0, 1) };
    const first = await reader.read({ key: { city: 'a', sensor: 2 }, ...all, limit: 50 });
    const second = await reader.read({ key: { city: 'a', sensor: 2 }, ...all, limit: 50, cursor: first.cursor ?? '' });
    expect([...first.rows, ...second.rows]).toEqual(rowsOf(2));
    expect(second.cursor).toBeUndefined();
    const text = await reader.read({ key: { city: 'a', sensor: '2' }, ...all, limit: 50 });
    expect(text.rows).toEqual([]);
    await expect(reader.read({ key: { city: 'a', sensor: 'x' }, ...all, limit: 5 })).rejects.toThrow(ConfigError);
  });

  it('reads days in one partition for each day, and refuses a range of too many partitions', async () => {
    const table = `${target.keyspace}.by_day`;
    await target.run(
      `CREATE TABLE ${table} (day date, city text, sensor int, version text, PRIMARY KEY (day, city, sensor))`,
    );
    const columns = 'day: window.date, city: key.city, sensor: key.sensor, version: revision';
    const pipeline = compiled(pipelineText(table, '{ kind: calendar, unit: day, zone: Europe/Berlin }', columns));
    const { sink, reader } = open(pipeline);
    const rows = Array.from({ length: 40 }, (_, day) =>
      rowAt(pipeline, { city: 'b', sensor: 1 }, Date.UTC(2013, 2, 1 + day, 12), {}),
    );
    await sink.write(rows, never);
    const key = { city: 'b', sensor: 1 };
    const range = { fromMs: Date.UTC(2013, 0, 1), toMs: Date.UTC(2014, 0, 1) };
    const first = await reader.read({ key, ...range, limit: 25 });
    const second = await reader.read({ key, ...range, limit: 25, cursor: first.cursor ?? '' });
    expect([...first.rows, ...second.rows]).toEqual(rows);
    const century = { fromMs: 0, toMs: Date.UTC(2100, 0, 1) };
    await expect(reader.read({ key, ...century, limit: 5 })).rejects.toThrow('at most 10000 windows');
  });

  it('reads rows without a key back from the columns that hold a field, each record once', async () => {
    const table = `${target.keyspace}.records`;
    await target.run(`CREATE TABLE ${table} (id text PRIMARY KEY, x double, note text, version bigint)`);
    const pipeline = compiled(
      [
        ...['apiVersion: millrace/v1', 'kind: Pipeline', 'metadata: { name: records }', 'spec:'],
        '  source: { topic: readings, format: json }',
        `  sinks: [ { cassandra: { table: ${table}, columns: { id: id, x: x, note: '"x is " + string(x)' } } } ]`,
      ].join('\n'),
    );
    const { sink, reader } = open(pipeline);
    const rows = [5n, 7n, 5n].map((revision, i): Row => ({
      ...{ pipeline: 'records', key: {}, keyText: '[]', window: undefined, revision, final: true },
      values: { id: `r${i}`, x: i / 2 },
    }));
    await sink.write(
      rows.map((row, i) => ({ ...row, partition: i % 2, values: { ...row.values, other: 1 } })),
      never,
    );
    const found = await reader.read({ limit: 10, fromMs: 5, toMs: 6 });
    expect([...found.rows].sort((a, b) => (a.values!['id']! < b.values!['id']! ? -1 : 1))).toEqual(rows);
    expect((await reader.read({ key: {}, limit: 10 })).rows).toHaveLength(3);
  });

  it('reads lists and objects back from text', async () => {
    const table = `${target.keyspace}.lists`;
    await target.run(
      `CREATE TABLE ${table} (city text, sensor int, top text, price text, newest text, PRIMARY KEY (city, sensor))`,
    );
    const text = pipelineText(
      table,
      '{ kind: global }',
      'city: key.city, sensor: key.sensor, top: top, price: price, newest: newest',
    ).replace('peak: max(pm25)', 'top: "top_k(pm25, 2)", price: ohlc(pm25), newest: last(name)');
    const { sink, reader } = open(compiled(text));
    const values = { top: [{ value: 1, count: 2 }], price: { open: 1, high: 2, low: 1, close: 1 }, newest: '[a' };
    const key = { city: 'c', sensor: 1 };
    const row: Row = {
      pipeline: 'shapes',
      key,
      keyText: encodeKey(['c', 1]),
      window: undefined,
      values,
      revision: 8n,
      final: false,
    };
    await sink.write([row], never);
    expect(await reader.read({ key, fromMs: 0, toMs: 1, limit: 5 })).toEqual({ rows: [row] });
  });

  it.each([
    [
      'a field of the key',
      'key.city and one to key.sensor',
      '{ kind: tumbling, size: 1m }',
      'place: "[key.city, key.sensor]", at: window.start, peak: peak',
    ],
    [
      'the window',
      'window.start',
      '{ kind: tumbling, size: 1m }',
      'city: key.city, sensor: key.sensor, at: "[window.start]", peak: peak',
    ],
    [
      'the hour',
      'window.start',
      '{ kind: tumbling, size: 1h }',
      'city: key.city, sensor: key.sensor, day: window.date, peak: peak',
    ],
    [
      'any value',
      'an aggregate or revision',
      '{ kind: tumbling, size: 1m }',
      'city: key.city, sensor: key.sensor, at: window.start',
    ],
  ])('says what is missing in a table that does not show %s', async (_, missing, window, columns) => {
    const reader = cassandraRowReader(target.client, compiled(pipelineText('any.table', window, columns)));
    const note = `rows of table any.table cannot be read back: map a column to ${missing}`;
    expect(await reader?.read({ limit: 5 })).toEqual({ rows: [], note });
  });
});
