import type { AuthorizedOperations, KafkaOperation } from '../../../src/adapters/kafka/kafkajs/authorized-operations';
import { rightsFindings, serverFindings } from '../../../src/commands/doctor/cassandra-findings';
import { clockFinding } from '../../../src/commands/doctor/clock-findings';
import type { Finding } from '../../../src/commands/doctor/finding';
import { kafkaFindings } from '../../../src/commands/doctor/kafka-findings';
import { kafkaResources, kafkaRightsFindings } from '../../../src/commands/doctor/kafka-rights';
import { redisFindings, redisRightsFindings } from '../../../src/commands/doctor/redis-findings';
import { compiledWith } from '../../support/pipelines';

const notOk = (findings: readonly Finding[]) => findings.filter(({ level }) => level !== 'ok');
const all: readonly KafkaOperation[] = ['READ', 'WRITE', 'DESCRIBE'];
const allBut = (...lacking: KafkaOperation[]) => new Set(all.filter((operation) => !lacking.includes(operation)));

describe('doctor on what a user may do', () => {
  const pipeline = compiledWith({ sinks: [{ kafka: { topic: 'out' } }] });
  const { topics, groups } = kafkaResources([pipeline]);
  const rights = (changes: Partial<AuthorizedOperations> = {}): AuthorizedOperations => ({
    topics: new Map(topics.map((topic) => [topic, allBut()])),
    groups: new Map(groups.map((group) => [group, allBut()])),
    ...{ cluster: undefined, isKafka4: true },
    ...changes,
  });

  it('asks for the topics and groups of every pipeline', () => {
    expect(topics.sort()).toEqual(['out', 'readings', 'readings.dead']);
    expect(groups.sort()).toEqual(['test', 'test.shuffle']);
    expect(kafkaRightsFindings('me', rights(), [pipeline])).toMatchObject([
      { level: 'ok', text: expect.stringContaining('User:me') },
    ]);
  });

  it.each<[string, string, KafkaOperation, Finding['level']]>([
    ['topic', 'readings', 'READ', 'wrong'],
    ['topic', 'readings', 'WRITE', 'warning'],
    ['topic', 'readings.dead', 'WRITE', 'wrong'],
    ['topic', 'out', 'WRITE', 'wrong'],
    ['group', 'test', 'READ', 'wrong'],
  ])('names %s %s and %s when Kafka does not allow it, with the command that does', (kind, name, operation, level) => {
    const held = rights();
    const lacking = new Map([...(kind === 'topic' ? held.topics : held.groups), [name, allBut(operation)] as const]);
    const found = notOk(
      kafkaRightsFindings('me', rights(kind === 'topic' ? { topics: lacking } : { groups: lacking }), [pipeline]),
    );
    expect(found).toMatchObject([
      { level, remedy: `kafka-acls.sh --add --allow-principal User:me --operation ${operation} --${kind} ${name}` },
    ]);
  });

  it('says nothing of topics of which the broker does not tell', () => {
    expect(notOk(kafkaRightsFindings('me', rights({ topics: new Map() }), [pipeline]))).toEqual([]);
  });

  it('wants Kafka 4 where a topic shows each row once', () => {
    const facts = { brokers: ['a'], cannotCreate: undefined, missingRequests: [], topics: new Map() };
    const once = compiledWith({ sinks: [{ kafka: { topic: 'out', delivery: 'exactly-once' } }] });
    const old = { ...facts, rights: rights({ isKafka4: false }) };
    expect(notOk(kafkaFindings(old, [pipeline]))).toEqual([]);
    expect(notOk(kafkaFindings(old, [once]))).toMatchObject([
      { level: 'wrong', remedy: expect.stringContaining('4.0') },
    ]);
  });

  it('names the commands, keys and channels that Redis refuses', () => {
    const may = { user: 'me', refused: [], refusesKeys: false, refusesChannel: false };
    expect(notOk(redisRightsFindings(may))).toEqual([]);
    const refused = { ...may, refused: ['XADD', 'COPY'], refusesChannel: true };
    expect(redisRightsFindings(refused)).toMatchObject([
      { level: 'wrong', remedy: 'ACL SETUSER me +xadd +copy' },
      { level: 'warning', remedy: 'ACL SETUSER me &millrace:*' },
    ]);
    expect(redisRightsFindings({ ...may, refusesKeys: true })).toMatchObject([
      { remedy: 'ACL SETUSER me ~millrace:*' },
    ]);
  });

  it('names the permissions that a role lacks on a table, wherever they may be granted', () => {
    const table = { keyspace: 'ks', table: 't' };
    const granted = (resource: string) => new Map([[resource, new Set(['SELECT', 'MODIFY'])]]);
    for (const resource of ['<table ks.t>', '<keyspace ks>', '<all tables in ks>', '<all keyspaces>']) {
      expect(rightsFindings(table, granted(resource), 'me')).toEqual([]);
    }
    expect(rightsFindings(table, undefined, 'me')).toEqual([]);
    expect(rightsFindings(table, granted('<table ks.other>'), 'me').map(({ remedy }) => remedy)).toEqual([
      'GRANT SELECT ON ks.t TO me',
      'GRANT MODIFY ON ks.t TO me',
    ]);
  });
});

describe('doctor on clocks and versions', () => {
  it.each([
    [900, 'ok'],
    [-1_100, 'warning'],
    [59_000, 'warning'],
    [-61_000, 'wrong'],
  ])('calls clocks that are %p ms apart %s', (aheadMs, level) => {
    expect(clockFinding('redis', aheadMs)).toMatchObject({ level });
  });

  it('finds servers of several versions, and nodes that disagree about the tables', () => {
    const redis = { maxmemoryPolicy: 'noeviction', maxmemory: 0, appendOnly: true, clockAheadMs: 0 };
    expect(notOk(redisFindings({ ...redis, version: '6.2.1', versions: ['6.2.1', '7.0.1'] }))).toMatchObject([
      { level: 'warning', text: expect.stringContaining('6.2.1, 7.0.1') },
    ]);
    const facts = {
      version: '5.0.4',
      dataCenter: 'd',
      versions: ['5.0.4'],
      schemas: 1,
      clockAheadMs: 0,
      permissions: undefined,
    };
    expect(notOk(serverFindings(facts))).toEqual([]);
    expect(notOk(serverFindings({ ...facts, versions: ['3.11.4', '5.0.4'], schemas: 2 }))).toMatchObject([
      { subject: 'cassandra', level: 'wrong' },
      { subject: 'cassandra versions', level: 'warning' },
      { subject: 'cassandra schema', level: 'wrong' },
    ]);
  });
});
