import type { AuthorizedOperations, KafkaOperation } from '../../../src/adapters/kafka/kafkajs/authorized-operations';
import { serverFindings } from '../../../src/commands/doctor/cassandra-findings';
import { type HeldRights, tableRightsFindings } from '../../../src/commands/doctor/cassandra-rights';
import { clockFinding } from '../../../src/commands/doctor/clock-findings';
import type { Finding } from '../../../src/commands/doctor/finding';
import { kafkaFindings } from '../../../src/commands/doctor/kafka-findings';
import { kafkaResources, kafkaRightsFindings } from '../../../src/commands/doctor/kafka-rights';
import { redisFindings, redisRightsFindings } from '../../../src/commands/doctor/redis-findings';
import { compiledWith } from '../../support/pipelines';

const notOk = (findings: readonly Finding[]) => findings.filter(({ level }) => level !== 'ok');
const all: readonly KafkaOperation[] = ['READ', 'WRITE', 'DESCRIBE', 'DESCRIBE_CONFIGS'];
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
  const facts = (changes: Partial<AuthorizedOperations> = {}) => ({
    ...{ rights: rights(changes), notCreatable: new Map<string, string>(), refusesProducer: false },
  });

  it('asks for the topics and groups of every pipeline', () => {
    expect(topics.sort()).toEqual(['out', 'readings', 'readings.dead']);
    expect(groups.sort()).toEqual(['test', 'test.shuffle']);
    expect(kafkaRightsFindings('me', facts(), [pipeline])).toMatchObject([
      { level: 'ok', text: expect.stringContaining('User:me') },
    ]);
  });

  it.each<[string, string, KafkaOperation, Finding['level'], string]>([
    ['topic', 'readings', 'READ', 'wrong', 'Read'],
    ['topic', 'readings', 'WRITE', 'warning', 'Write'],
    ['topic', 'readings', 'DESCRIBE_CONFIGS', 'warning', 'DescribeConfigs'],
    ['topic', 'readings.dead', 'WRITE', 'wrong', 'Write'],
    ['topic', 'out', 'WRITE', 'wrong', 'Write'],
    ['group', 'test', 'READ', 'wrong', 'Read'],
  ])('names %s %s and %s when Kafka does not allow it, with the command', (kind, name, operation, level, word) => {
    const held = rights();
    const lacking = new Map([...(kind === 'topic' ? held.topics : held.groups), [name, allBut(operation)] as const]);
    const found = notOk(
      kafkaRightsFindings('me', facts(kind === 'topic' ? { topics: lacking } : { groups: lacking }), [pipeline]),
    );
    expect(found).toMatchObject([
      { level, remedy: `kafka-acls.sh --add --allow-principal User:me --operation ${word} --${kind} ${name}` },
    ]);
  });

  it('says nothing of topics of which the broker does not tell', () => {
    expect(notOk(kafkaRightsFindings('me', facts({ topics: new Map() }), [pipeline]))).toEqual([]);
  });

  it('names what more a pipeline needs that looks things up in a topic, or shows each row once', () => {
    const lookup = { table: 'topic', name: 'posts', on: 'key', as: 'post' };
    const once = { kafka: { topic: 'out', delivery: 'exactly-once' } };
    const resources = kafkaResources([compiledWith({ lookup, sinks: [once] })]);
    expect(resources.topics).toContain('posts');
    expect(resources.groups).toEqual(expect.arrayContaining(['test.out', 'millrace-lookup']));
    const groups = new Map([['millrace-lookup', allBut('READ')]]);
    expect(notOk(kafkaRightsFindings('me', facts({ groups }), [compiledWith({ lookup })]))).toMatchObject([
      { remedy: expect.stringContaining('--operation Read --group millrace-lookup --resource-pattern-type prefixed') },
    ]);
  });

  it('names topics that are not there and cannot be created, and a producer that is refused', () => {
    const lacking = { ...facts(), notCreatable: new Map([['readings.dead', 'denied']]), refusesProducer: true };
    expect(kafkaRightsFindings('me', lacking, [pipeline])).toMatchObject([
      { level: 'wrong', remedy: expect.stringContaining('--operation Create --topic readings.dead') },
      { level: 'wrong', remedy: expect.stringContaining('--operation IdempotentWrite --cluster') },
    ]);
  });

  it('wants Kafka 4 where a topic shows each row once', () => {
    const server = { ...facts(), brokers: ['a'], missingRequests: [], topics: new Map() };
    const once = compiledWith({ sinks: [{ kafka: { topic: 'out', delivery: 'exactly-once' } }] });
    const old = { ...server, rights: rights({ isKafka4: false }) };
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

  it('gives all rights of Redis to who may not even use scripts, by which the others are tried', () => {
    const refused = ['PING', 'EVALSHA'];
    const findings = redisRightsFindings({ user: 'me', refused, refusesKeys: false, refusesChannel: false });
    expect(findings).toMatchObject([
      { level: 'wrong', remedy: expect.stringContaining('~millrace:* &millrace:* +@read') },
    ]);
  });

  describe('on a table of Cassandra', () => {
    const table = { keyspace: 'ks', table: 't' };
    const existing = new Map([['ks', new Set(['t'])]]);
    const remedies = (resource: string, permissions: readonly string[], there: HeldRights['existing'] = existing) =>
      tableRightsFindings(table, {
        ...{ role: 'me', permissions: new Map([[resource, new Set(permissions)]]), existing: there },
      }).map(({ remedy }) => remedy);

    it.each(['<table ks.t>', '<keyspace ks>', '<all tables in ks>', '<all keyspaces>'])(
      'is content with permissions on %s',
      (resource) => expect(remedies(resource, ['SELECT', 'MODIFY'])).toEqual([]),
    );

    it('names those that the role lacks', () => {
      expect(remedies('<table ks.t>', ['SELECT'])).toEqual(['GRANT MODIFY ON ks.t TO me']);
      expect(remedies('<table ks.other>', ['SELECT', 'MODIFY'])).toEqual([
        'GRANT SELECT ON ks.t TO me',
        'GRANT MODIFY ON ks.t TO me',
      ]);
    });

    it('wants what is not there to be created: who does owns it', () => {
      const empty = new Map([['ks', new Set<string>()]]);
      expect(remedies('<all keyspaces>', ['CREATE'], new Map())).toEqual([]);
      expect(remedies('<keyspace ks>', ['CREATE'], new Map())).toEqual(['GRANT CREATE ON ALL KEYSPACES TO me']);
      expect(remedies('<keyspace ks>', ['CREATE'], empty)).toEqual([]);
      expect(remedies('<table ks.t>', ['CREATE'], empty)).toEqual(['GRANT CREATE ON KEYSPACE ks TO me']);
    });

    it('quotes names that mean another without', () => {
      const name = { keyspace: 'Ks', table: 't' };
      const [finding] = tableRightsFindings(name, {
        role: 'Me',
        permissions: new Map(),
        existing: new Map([['Ks', new Set()]]),
      });
      expect(finding!.remedy).toBe('GRANT CREATE ON KEYSPACE "Ks" TO "Me"');
    });
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
