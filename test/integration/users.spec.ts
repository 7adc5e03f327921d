import { readFileSync } from 'node:fs';

import { createKafka } from '../../src/adapters/kafka/kafka-client';
import { KafkaRecordProducer } from '../../src/adapters/kafka/kafka-record-producer';
import { KafkaTopicAdmin } from '../../src/adapters/kafka/kafka-topic-admin';
import { HttpSchemaRegistry } from '../../src/adapters/schema-registry/http-schema-registry';
import { RegistrySchemaCodec } from '../../src/adapters/schema-registry/registry-schema-codec';
import { withSchemaId } from '../../src/core/decoding/schema-header';
import { ConfigError } from '../../src/core/errors';
import { silentLog } from '../../src/core/ports/log.port';
import { ServiceProcess } from '../support/service';
import { testServers } from '../support/servers';
import { schemaText } from '../support/user-schemas';
import { ageBand, countsBy, type User, userOf, UsersCopy } from '../support/users';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(180_000);

const USERS = 400;
const WAIT_MS = 60_000;

interface AvroRecord {
  readonly fields: readonly { readonly name: string }[];
}

describe('users of the Avro topic', () => {
  const copy = new UsersCopy();
  const registry = new HttpSchemaRegistry({ url: testServers().schemaRegistry });
  const codec = new RegistrySchemaCodec(registry, { now: () => Date.now() });
  const kafka = createKafka({ brokers: testServers().kafka, clientId: 'millrace-test' }, silentLog);
  const producer = new KafkaRecordProducer(kafka);
  const topics = new KafkaTopicAdmin(kafka);
  const sent: User[] = [];
  let service: ServiceProcess | undefined;

  beforeAll(async () => {
    await copy.createTables();
    await topics.ensure([{ topic: copy.topic, partitions: 4, purpose: 'source' }]);
    // Before the service comes: a partition that has nothing yet would hold the time of the others back no longer.
    await sendFirst();
    service = await ServiceProcess.start(copy.name, {
      MILLRACE_PIPELINES: copy.folder,
      MILLRACE_SCHEMA_REGISTRY_URL: testServers().schemaRegistry,
    });
  });
  afterAll(async () => {
    await service?.stop();
    await Promise.all([producer.close(), topics.close()]);
    await copy.remove();
  });

  /** The shipped schema with other fields. */
  const schemaWith = (change: (fields: AvroRecord['fields']) => readonly object[]): string => {
    const schema = JSON.parse(copy.schema) as AvroRecord;
    return JSON.stringify({ ...schema, fields: change(schema.fields) });
  };
  const send = async (users: readonly User[], schema: string): Promise<void> => {
    const encoder = await codec.encoderFor({ format: 'avro', subject: copy.subject, schema });
    await producer.send(
      copy.topic,
      users.map((user) => ({ key: user.id, value: encoder.encode(user) })),
    );
    sent.push(...users);
  };
  const sendFirst = (): Promise<void> => {
    const users = Array.from({ length: USERS }, (_, i) => userOf(i));
    const again = users.filter((_, i) => i % 5 === 0).map((user) => ({ ...user, age: user.age + 1 }));
    return send(
      [...users, ...again].sort((left, right) => (left.at < right.at ? -1 : 1)),
      copy.schema,
    );
  };
  const newest = (): Map<string, User> => new Map(sent.map((user) => [user.id, user]));
  const allAreThere = (): Promise<unknown> =>
    waitUntil(
      'every user is in the table',
      async () => {
        const rows = await copy.users();
        return rows.size === newest().size && [...newest()].every(([id, { age }]) => rows.get(id)?.['age'] === age);
      },
      WAIT_MS,
    );

  it('are rows with the very letters of their names, one for each id', async () => {
    await service!.ready();
    await allAreThere();
    const rows = await copy.users();
    for (const [id, user] of newest()) {
      const { at, ...columns } = user;
      expect(rows.get(id)).toMatchObject({ ...columns, id: expect.anything() as unknown, created_at: new Date(at) });
    }
  });

  it('go on when the writer adds a field, and when it leaves out one that has a default', async () => {
    const nickname = { name: 'nickname', type: 'string', default: 'none' };
    await send(
      [userOf(USERS, { nickname: 'Bob' })],
      schemaWith((fields) => [...fields, nickname]),
    );
    await send(
      [userOf(USERS + 1)],
      schemaWith((fields) => fields.filter(({ name }) => name !== 'picture')),
    );
    await allAreThere();
    const rows = await copy.users();
    expect(rows.get(userOf(USERS).id)).toMatchObject({ picture: userOf(USERS).picture });
    expect(rows.get(userOf(USERS + 1).id)).toMatchObject({ picture: null, email: userOf(USERS + 1).email });
  });

  it('of a schema that could not read the others are refused when it is registered, with the reason', async () => {
    const incompatible = schemaWith((fields) => [...fields, { name: 'shoe_size', type: 'int' }]);
    const refusal = registry.register(copy.subject, schemaText('avro', incompatible));
    await expect(refusal).rejects.toThrow(ConfigError);
    await expect(refusal).rejects.toThrow(`Subject ${copy.subject} refuses the schema as incompatible: `);
    await expect(refusal).rejects.toThrow('shoe_size');
  });

  it('that cannot be read are dead letters which tell nothing of the person, and the others go on', async () => {
    const person = userOf(9_999, { email: 'secret.person@example.com' });
    const otherId = await registry.register(`${copy.subject}-other`, schemaText('avro', '{"type":"string"}'));
    await producer.send(copy.topic, [
      { key: person.id, value: JSON.stringify(person) },
      { key: person.id, value: withSchemaId(1_999_999_999, Buffer.from(JSON.stringify(person))) },
      { key: person.id, value: withSchemaId(otherId, Buffer.from([2, 65])) },
    ]);
    await send([userOf(USERS + 2)], copy.schema);
    await allAreThere();
    const pipeline = copy.pipeline('users-created');
    const letters = await waitUntil(
      'the letters are there',
      async () => {
        const { letters: found } = await service!.json<{ letters: Record<string, unknown>[] }>(
          `/v1/dead-letters?pipeline=${pipeline}`,
        );
        return found.length === 3 && found;
      },
      WAIT_MS,
    );
    const reasons = letters.map(({ reason }) => reason);
    expect(reasons.sort()).toEqual(['schema-header', 'schema-incompatible', 'schema-unknown']);
    for (const letter of letters) expect(letter).toMatchObject({ value: null, hidden: true });
    expect(readFileSync(service!.logFile, 'utf8')).not.toContain('secret.person');
  });

  it('that came over HTTP as JSON are written with the schema, or refused with the field that is wrong', async () => {
    const post = (user: object): Promise<Response> =>
      fetch(`${service!.url}/v1/ingest/${copy.topic}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(user),
      });
    const user = userOf(USERS + 3);
    expect((await post(user)).status).toBe(202);
    sent.push(user);
    const refused = await post({ ...user, age: 'old' });
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain('field \\"age\\" is \\"old\\"; an integer of 32 bits is needed');
    await allAreThere();
  });

  it('are counted by country, age band and gender for each hour, each person once', async () => {
    const tables = [
      ['users_by_country', 'country', ({ country }: User) => country],
      ['users_by_gender', 'gender', ({ gender }: User) => gender],
      ['users_by_age', 'age_band', ({ age }: User) => ageBand(age)],
    ] as const;
    for (const [table, group, groupOf] of tables) {
      const expected = countsBy(sent, groupOf);
      await waitUntil(
        `${table} has counted all`,
        async () => JSON.stringify(await copy.counts(table, group)) === JSON.stringify(expected),
        WAIT_MS,
      ).catch(() => undefined);
      expect(await copy.counts(table, group)).toEqual(expected);
    }
  });
});
