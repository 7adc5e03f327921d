import { createStatements, tableRemarks } from '../../../src/commands/table-cql';
import { compiledWith } from '../../support/pipelines';

const REPLICATION = "{'class': 'SimpleStrategy', 'replication_factor': '1'}";
const withColumns = (columns: Record<string, string>) =>
  compiledWith({ sinks: [{ cassandra: { table: 'ks.t', columns } }] });

describe('CQL of a pipeline', () => {
  it('takes key and year for the partition, the start of the window for the order, results for values', () => {
    const pipeline = withColumns({
      key: 'key.key',
      year: 'window.year',
      start: 'window.start',
      until: 'window.end',
      n: 'n',
      mean: 'mean',
      revision: 'revision',
      is_final: 'final',
    });
    expect(createStatements(pipeline, REPLICATION)).toEqual([
      `CREATE KEYSPACE IF NOT EXISTS ks\n  WITH replication = ${REPLICATION};`,
      `CREATE TABLE IF NOT EXISTS ks.t (
  key text,
  year int,
  start timestamp,
  until timestamp,
  n bigint,
  mean double,
  revision bigint,
  is_final boolean,
  PRIMARY KEY ((key, year), start)
) WITH CLUSTERING ORDER BY (start DESC)
  AND compaction = { 'class': 'UnifiedCompactionStrategy' }
  AND comment = 'Rows of pipeline test';`,
    ]);
    expect(tableRemarks(pipeline)).toEqual([]);
  });

  it('takes text for results that are lists or objects, and numbers for their parts', () => {
    const pipeline = compiledWith({
      aggregate: { price: 'ohlc(x)', common: 'top_k(x, 3)', p95: 'quantile(x, 0.95)', kinds: 'distinct(x)' },
      sinks: [
        {
          cassandra: {
            table: 'ks.t',
            columns: {
              ...{ key: 'key.key', start: 'window.start', price: 'price', close: 'price.close' },
              ...{ common: 'common', p95: 'p95', kinds: 'kinds' },
            },
          },
        },
      ],
    });
    expect(createStatements(pipeline, REPLICATION)[1]).toContain(`
  price text,
  close double,
  common text,
  p95 double,
  kinds bigint,`);
  });

  it('warns of a partition that grows for ever', () => {
    expect(tableRemarks(withColumns({ key: 'key.key', date: 'window.date', n: 'n' }))).toEqual([
      expect.stringContaining('map a column to window.year'),
    ]);
  });

  it('warns of rows that would overwrite each other', () => {
    expect(tableRemarks(withColumns({ start: 'window.start', year: 'window.year', n: 'n' }))).toEqual([
      expect.stringContaining('map the key'),
    ]);
  });

  const tableOf = (spec: Record<string, unknown>, columns: Record<string, string>): string => {
    const pipeline = compiledWith({ ...spec, sinks: [{ cassandra: { table: 'ks.t', columns } }] });
    return createStatements(pipeline, REPLICATION)[1]!;
  };
  const KEY = { key: 'key.key', n: 'n' };
  const BOUNDS = { until: 'window.end', start: 'window.start', ...KEY };

  it.each([
    [{ kind: 'hopping', size: '1m', advance: '10s' }, BOUNDS, '((key), start)'],
    [{ kind: 'session', gap: '1m' }, { ...BOUNDS, year: 'window.year' }, '((key, year), start, until)'],
    [{ kind: 'sliding', size: '1m' }, BOUNDS, '((key), start, until)'],
    [{ kind: 'cumulative', size: '1m', step: '10s' }, BOUNDS, '((key), start, until)'],
    [{ kind: 'cumulative', size: '1m', step: '10s' }, { until: 'window.end', ...KEY }, '((key), until)'],
    [{ kind: 'count', size: 3 }, { ...BOUNDS, at: 'window.index' }, '((key), at)'],
    [{ kind: 'global' }, { ...KEY, start: 'window.start' }, '((key))'],
  ])('takes what tells windows of %j apart for the order', (window, columns, primaryKey) => {
    expect(tableOf({ window }, columns)).toContain(`PRIMARY KEY ${primaryKey}\n`);
  });

  it('takes the first column of a stateless pipeline for the primary key, and says that it is a guess', () => {
    const spec = { key: undefined, window: undefined, aggregate: undefined };
    const columns = { id: 'sensor', x: 'x', version: 'revision' };
    expect(tableOf(spec, columns)).toContain('  id text,\n  x text,\n  version bigint,\n  PRIMARY KEY ((id))\n');
    const sinks = [{ cassandra: { table: 'ks.t', columns } }];
    expect(tableRemarks(compiledWith({ ...spec, sinks }))).toEqual([
      expect.stringContaining('id is taken as the primary key'),
    ]);
  });

  it('keeps lists, objects and values of the records as text, and says so where they may be numbers', () => {
    const aggregate = { n: 'count()', top: 'top_k(x, 3)', price: 'ohlc(x)', newest: 'last(x)', kinds: 'distinct(x)' };
    const columns = { ...BOUNDS, year: 'window.year', top: 'top', price: 'price', newest: 'newest', kinds: 'kinds' };
    const table = tableOf({ aggregate }, columns);
    expect(table).toContain('  top text,\n  price text,\n  newest text,\n  kinds bigint,\n');
    const sinks = [{ cassandra: { table: 'ks.t', columns } }];
    expect(tableRemarks(compiledWith({ aggregate, sinks }))).toEqual([
      'ks.t.newest: text takes whatever newest is; make it double if that is a number',
    ]);
  });

  it('says nothing for a pipeline without a table', () => {
    expect(createStatements(compiledWith(), REPLICATION)).toEqual([]);
  });
});
