import { createdTables } from '../../../../src/adapters/cassandra/created-tables';

const shapes = (...statements: string[]) =>
  [...createdTables(statements)].map(([name, { columns, partitionKey, clusteringKey }]) => ({
    name,
    columns: [...columns.values()].map((column) => `${column.name} ${column.type} ${column.kind}`),
    key: [partitionKey.map((column) => column.name), clusteringKey.map((column) => column.name)],
  }));

describe('the tables that statements create', () => {
  it('have columns with types and a primary key', () => {
    const text = `CREATE TABLE IF NOT EXISTS k.t (
      a text, b  int, c map<text, frozen<list<int>>>, d text STATIC,
      PRIMARY KEY ((a, b), e), e timestamp
    ) WITH CLUSTERING ORDER BY (e DESC) AND comment = 'x (y, z)'`;
    expect(shapes('CREATE KEYSPACE k', text)).toEqual([
      {
        name: 'k.t',
        columns: [
          'a text partition_key',
          'b int partition_key',
          'c map<text, frozen<list<int>>> regular',
          'd text static',
          'e timestamp clustering',
        ],
        key: [['a', 'b'], ['e']],
      },
    ]);
  });

  it.each([
    ['create table k.t (a text primary key, b int)', [['a'], []]],
    ['CREATE TABLE k.t (a text, b int, c int, PRIMARY KEY (a, b, c));', [['a'], ['b', 'c']]],
  ])('%s', (text, key) => expect(shapes(text)[0]!.key).toEqual(key));

  it('have the columns that are added later', () => {
    const created = 'CREATE TABLE k.t (a text PRIMARY KEY)';
    expect(shapes(created, 'ALTER TABLE k.t ADD b map<text, int>')[0]!.columns[1]).toBe('b map<text, int> regular');
  });
});
