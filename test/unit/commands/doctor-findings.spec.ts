import type { KafkaFacts, TopicFacts, TopicSettings } from '../../../src/adapters/kafka/kafka-facts';
import { type Finding, findingText } from '../../../src/commands/doctor/finding';
import { kafkaFindings } from '../../../src/commands/doctor/kafka-findings';
import { redisFindings } from '../../../src/commands/doctor/redis-findings';
import { needsRegistry, schemaRegistryFindings } from '../../../src/commands/doctor/schema-registry-findings';
import { memorySchemas } from '../../support/memory-schemas';
import { compiledWith } from '../../support/pipelines';
import { avroUser, NAME } from '../../support/user-schemas';

const notOk = (findings: readonly Finding[]) => findings.filter(({ level }) => level !== 'ok');
const SETTINGS: TopicSettings = { retentionMs: -1, retentionBytes: -1, maxMessageBytes: 8 * 2 ** 20 };
const TOPIC: TopicFacts = { partitions: 4, leaderless: 0, settings: SETTINGS };
const kafka = (facts: Partial<KafkaFacts> = {}, topic: Partial<TopicFacts> = {}) =>
  kafkaFindings(
    {
      brokers: ['a:9092'],
      notCreatable: new Map(),
      refusesProducer: false,
      missingRequests: [],
      rights: { cluster: undefined, topics: new Map(), groups: new Map(), isKafka4: true },
      topics: new Map([['readings', { ...TOPIC, ...topic }]]),
      ...facts,
    },
    [compiledWith()],
  );

const REDIS = {
  ...{ version: '7.0.15', versions: ['7.0.15'], maxmemoryPolicy: 'noeviction', maxmemory: 0, appendOnly: true },
  clockAheadMs: 3,
};

describe('doctor', () => {
  it('is content with Kafka as Millrace sets it up', () => {
    expect(notOk(kafka())).toEqual([]);
  });

  it('does not mind a topic that start will create', () => {
    expect(notOk(kafka({ topics: new Map() }))).toEqual([]);
  });

  it('warns of a retention under which a backfill vanishes, with the command that mends it', () => {
    const [finding] = notOk(kafka({}, { settings: { ...SETTINGS, retentionMs: 604_800_000 } }));
    expect(finding).toMatchObject({ level: 'warning', subject: 'topic readings' });
    expect(finding!.text).toContain('7.0 days');
    expect(finding!.remedy).toContain('retention.ms=-1');
  });

  it('says nothing of settings that it may not see', () => {
    expect(notOk(kafka({}, { settings: undefined }))).toEqual([]);
  });

  it('finds partitions without a leader and a topic that takes too little', () => {
    const settings = { ...SETTINGS, maxMessageBytes: 1000 };
    const levels = notOk(kafka({}, { leaderless: 1, settings })).map(({ subject, level }) => [subject, level]);
    expect(levels).toEqual([
      ['topic readings', 'wrong'],
      ['topic readings', 'warning'],
    ]);
  });

  it('wants Redis to keep everything, to be new enough and to write a log', () => {
    const facts = { ...REDIS, version: '7.0.15', versions: ['7.0.15'] };
    expect(notOk(redisFindings(facts))).toEqual([]);
    expect(notOk(redisFindings({ ...facts, version: '6.2.0' }))).toEqual([]);
    expect(
      notOk(
        redisFindings({ ...REDIS, version: '6.0.16', maxmemoryPolicy: 'allkeys-lru', maxmemory: 1, appendOnly: false }),
      ),
    ).toMatchObject([
      { subject: 'redis', level: 'wrong', remedy: expect.stringContaining('6.2') },
      { subject: 'redis memory', level: 'wrong', remedy: expect.stringContaining('noeviction') },
      { subject: 'redis durability', level: 'warning', remedy: expect.stringContaining('appendonly yes') },
    ]);
  });

  it('wants a schema registry only where a pipeline needs one, with a rule, and schemas that fit', async () => {
    const { schemaRegistry } = memorySchemas();
    const source = { topic: 'users', format: 'avro', time: { field: 'at' } };
    const users = compiledWith({ source }, 'users');
    expect([compiledWith(), users].map(needsRegistry)).toEqual([false, true]);
    await schemaRegistry.register('users-value', avroUser(NAME));
    const ruledBy = (rule: string) => Object.assign(schemaRegistry, { compatibility: () => Promise.resolve(rule) });
    const findings = await schemaRegistryFindings(ruledBy('NONE'), [compiledWith(), users]);
    expect(notOk(findings).slice(0, 2)).toMatchObject([
      { subject: 'schema registry rule', level: 'warning', remedy: expect.stringContaining('BACKWARD') },
      { subject: 'schemas of users', level: 'wrong', text: expect.stringContaining('no field "at"') },
    ]);
    expect(notOk(await schemaRegistryFindings(ruledBy('BACKWARD'), []))).toEqual([]);
  });

  it('prints a line for each check, and below it how to put it right', () => {
    expect(findingText({ level: 'wrong', subject: 's', text: 't', remedy: 'r' })).toBe('FAIL  s: t\n      -> r');
  });
});
