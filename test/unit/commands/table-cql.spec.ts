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

  it('says nothing for a pipeline without a table', () => {
    expect(createStatements(compiledWith(), REPLICATION)).toEqual([]);
  });
});
