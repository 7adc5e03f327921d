import { parseMigrations } from '../../../../src/adapters/cassandra/migration';
import { ConfigError } from '../../../../src/core/errors';

const REPLICATION = { class: 'NetworkTopologyStrategy', dc1: 3 };
const file = (fileName: string, text = 'CREATE a;') => ({ fileName, text });
const only = (text: string, replication = REPLICATION) => parseMigrations([file('0001-a.cql', text)], replication)[0];

describe('parseMigrations', () => {
  it('orders files by number', () => {
    const files = [file('0010-c.cql'), file('0002-b.cql'), file('0001-a.cql')];
    expect(parseMigrations(files, REPLICATION).map(({ version }) => version)).toEqual([1, 2, 10]);
  });

  it('fills in the replication', () => {
    expect(only('CREATE KEYSPACE k WITH replication = ${replication};')?.statements).toEqual([
      "CREATE KEYSPACE k WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': '3'}",
    ]);
  });

  it('has the same checksum for another replication and for other line ends, and another one for other text', () => {
    const text = 'CREATE KEYSPACE k\nWITH replication = ${replication};';
    const checksum = only(text)?.checksum;
    expect(only(text, { class: 'SimpleStrategy', dc1: 1 })?.checksum).toBe(checksum);
    expect(only(text.replaceAll('\n', '\r\n'))?.checksum).toBe(checksum);
    expect(only(`${text} `)?.checksum).not.toBe(checksum);
  });

  it.each([
    ['a name without number', [file('pm25.cql')], 'migration pm25.cql: name it NNNN-what-it-does.cql'],
    ['a number twice', [file('0001-a.cql'), file('0001-b.cql')], '0001-a.cql and 0001-b.cql have the same number'],
    ['an unknown placeholder', [file('0001-a.cql', 'CREATE ${table};')], 'unknown placeholder ${table}'],
  ])('refuses %s', (_, files, message) => {
    expect(() => parseMigrations(files, REPLICATION)).toThrow(ConfigError);
    expect(() => parseMigrations(files, REPLICATION)).toThrow(message);
  });
});
