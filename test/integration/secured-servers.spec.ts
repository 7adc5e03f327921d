import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { externalPorts } from '../../src/composition/external-ports';
import { loadConfig } from '../../src/config/config';
import { messageOf } from '../../src/core/errors';
import { silentLog } from '../../src/core/ports/log.port';
import { readCatalog } from '../../src/processing/read-catalog';
import { topicsOf } from '../../src/processing/topics-of';
import type { Ports } from '../../src/runtime/ports';
import { type DoctorReport, doctorReport } from '../support/secured/doctor-report';
import { CLERK, GUEST, SecuredServers, USER } from '../support/secured/secured-servers';
import { ServiceProcess } from '../support/service';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(240_000);

const SHIPPED = join(__dirname, '..', '..', 'pipelines', 'air-quality-daily.yaml');
const POST = 'Beijing US Post';
const READINGS = [10, 20, 60].map((pm25, hour) => ({
  key: POST,
  value: JSON.stringify({ observed_at: new Date(Date.UTC(2013, 0, 1, hour)).toISOString(), location: POST, pm25 }),
}));

type Server = 'kafka' | 'redis' | 'cassandra';
type Case = [what: string, server: Server, changes: () => Record<string, string>, where: RegExp, how: RegExp];

const ADDRESS = /127\.0\.0\.1:\d+/;

describe('servers that want TLS and a name', () => {
  let servers: SecuredServers;
  let pipelines: string;

  beforeAll(async () => {
    servers = await SecuredServers.start(['air-quality', 'millrace-lookup']);
    pipelines = join(servers.parts.folder, 'pipelines');
    mkdirSync(pipelines);
    writeFileSync(join(pipelines, 'air-quality-daily.yaml'), readFileSync(SHIPPED));
  });
  afterAll(() => servers?.stop());

  /** The service's own clients, as these settings make them. */
  async function withPorts<T>(changes: Record<string, string>, use: (ports: Ports) => Promise<T>): Promise<T> {
    const config = loadConfig({ ...servers.environment(), MILLRACE_PIPELINES: pipelines, ...changes });
    const catalog = await readCatalog(config);
    const ports = externalPorts(config, catalog.pipelines, silentLog);
    try {
      return await use(ports);
    } finally {
      await ports.close();
    }
  }

  /** What the service would say for as long as it waits for a server. */
  const refusal = (server: Server, changes: Record<string, string>): Promise<string> =>
    withPorts(changes, (ports) => {
      const dependency = ports.dependencies.find(({ name }) => name === server)!;
      return dependency.ping().then(() => 'nothing was refused', messageOf);
    });

  it('run a pipeline to its rows, in a process that may start no other and write no file', async () => {
    const service = await ServiceProcess.start('secured', {
      ...servers.environment(),
      MILLRACE_PIPELINES: pipelines,
      NODE_OPTIONS: '--permission --allow-fs-read=* --allow-worker',
    });
    try {
      // It makes all tables first, which takes long on a busy machine.
      const isReady = async (): Promise<boolean> => (await service.status('/health/ready')) === 200;
      await waitUntil('the service is ready', isReady, 150_000);
      const producer = servers.parts.kafka.client().producer();
      await producer.connect();
      await producer.send({ topic: 'air-quality.readings', messages: READINGS });
      await producer.disconnect();
      const query = 'SELECT location, avg_pm25, readings FROM aqdata.pm25';
      const row = await waitUntil('the table has all readings', async () => {
        const rows = await servers.parts.cassandra.query(query);
        return rows.find(({ readings }) => String(readings) === '3');
      });
      expect(row).toMatchObject({ location: POST, avg_pm25: 30 });
    } finally {
      expect(await service.stop()).toBe(0);
    }
  });

  it('take a certificate in place of a password', async () => {
    const changes = {
      MILLRACE_KAFKA_BROKERS: `127.0.0.1:${servers.parts.kafka.mutualPort}`,
      MILLRACE_KAFKA_SASL_MECHANISM: '',
      MILLRACE_KAFKA_SSL_CERT_FILE: servers.parts.client.certFile,
      MILLRACE_KAFKA_SSL_KEY_FILE: servers.parts.client.keyFile,
    };
    expect(await refusal('kafka', changes)).toBe('nothing was refused');
  });

  it.each<Case>([
    ...wrongPasswords(),
    ...strangeAuthorities(() => servers.parts.stranger.certFile),
    ...missingRights(),
    ...missingCertificates(() => servers.parts.kafka.mutualPort),
  ])('say what, where and how to mend: %s of %s', async (_, server, changes, where, how) => {
    let message = '';
    // A server that wants a certificate may close the connection before its reason has come: it is asked again.
    const isSaid = async (): Promise<boolean> => how.test((message = await refusal(server, changes())));
    await waitUntil('the reason has come', isSaid, 30_000).catch(() => undefined);
    expect(message).toMatch(where);
    expect(message).toMatch(how);
  });

  it('say which right a user of Kafka lacks', async () => {
    const changes = { MILLRACE_KAFKA_SASL_USERNAME: GUEST.name, MILLRACE_KAFKA_SASL_PASSWORD: GUEST.password };
    const topic = { topic: 'air-quality.others', partitions: 1, purpose: 'output' } as const;
    const message = await withPorts(changes, (ports) =>
      ports.topics.ensure([topic]).then(() => 'nothing was refused', messageOf),
    );
    expect(message).toMatch(
      /create topics at 127\.0\.0\.1:\d+: .*AUTHORIZATION_FAILED.*docs\/security\.md.*kafka-acls/,
    );
  });

  it('say which right a role of Cassandra lacks', async () => {
    const changes = { MILLRACE_CASSANDRA_USERNAME: GUEST.name, MILLRACE_CASSANDRA_PASSWORD: GUEST.password };
    const message = await withPorts(changes, (ports) => ports.migrate().then(() => 'nothing was refused', messageOf));
    expect(message).toMatch(
      /guest has no (?:CREATE|SELECT) permission.*grant the role what the message names.*docs\/security\.md/s,
    );
  });

  describe('and millrace doctor', () => {
    const environmentOf = (user: { name: string; password: string }) => ({
      ...servers.environmentOf(user),
      MILLRACE_PIPELINES: pipelines,
    });

    beforeAll(() =>
      // As a start does, so that there is something to have rights on.
      withPorts({}, async (ports) => {
        const [pipeline] = (await readCatalog(loadConfig({ MILLRACE_PIPELINES: pipelines }))).pipelines;
        await Promise.all([ports.migrate(), ports.topics.ensure(topicsOf(pipeline!))]);
      }),
    );

    it('finds nothing wrong with a user who has the rights of docs/security.md', async () => {
      expect(await doctorReport(environmentOf(USER))).toMatchObject({ exitCode: 0, problems: [] });
    });

    it('names what a user who has no rights lacks on each server, with the commands that mend it', async () => {
      const { exitCode, text, remedies } = await doctorReport(environmentOf(GUEST));
      expect({ exitCode, text }).toMatchObject({ exitCode: 1, text: expect.not.stringContaining('AWAY') });
      const acl = 'kafka-acls.sh --add --allow-principal User:guest --operation';
      expect(remedies).toEqual([
        `${acl} Read --topic air-quality.readings`,
        `${acl} Write --topic air-quality.readings`,
        `${acl} DescribeConfigs --topic air-quality.readings`,
        `${acl} Read --group air-quality-daily`,
        `${acl} Read --group air-quality-daily.shuffle`,
        `${acl} Write --topic air-quality.readings.dead`,
        `${acl} Write --topic air-quality.daily`,
        ...['air-quality.readings', 'air-quality.readings.dead', 'air-quality.daily'].map(
          (topic) => `${acl} Create --topic ${topic}; or create it by hand`,
        ),
        `${acl} IdempotentWrite --cluster; from Kafka 2.8 on WRITE on a topic is enough`,
        'ACL SETUSER guest +info +time',
        expect.stringMatching(/^ACL SETUSER guest ~millrace:\* &millrace:\* \+@read .*\+info \+time$/),
        'ACL SETUSER guest &millrace:*',
        ...['millrace.migrations', 'millrace.migration_lock', 'aqdata.pm25'].flatMap((table) => [
          `GRANT SELECT ON ${table} TO guest`,
          `GRANT MODIFY ON ${table} TO guest`,
        ]),
        'give the user the rights that are named above',
      ]);
    });

    it('finds the one right that is lacking on each server, and nothing once its remedies were followed', async () => {
      const acl = `kafka-acls.sh --add --allow-principal User:${CLERK.name}`;
      const onAll = '--topic air-quality --group air-quality --resource-pattern-type prefixed';
      const onWritten = '--topic air-quality.readings --topic air-quality.daily';
      await Promise.all([
        servers.follow(`${acl} --operation Read ${onAll}`),
        servers.follow(`${acl} --operation Write --operation DescribeConfigs ${onWritten}`),
        servers.follow(`GRANT ALL ON KEYSPACE millrace TO ${CLERK.name}`),
        servers.follow(`GRANT SELECT ON aqdata.pm25 TO ${CLERK.name}`),
      ]);
      const lacking = [
        `${acl} --operation Write --topic air-quality.readings.dead`,
        `ACL SETUSER ${CLERK.name} +${CLERK.lacks}`,
        `GRANT MODIFY ON aqdata.pm25 TO ${CLERK.name}`,
      ];
      const report = await reportWith(({ remedies }) => remedies.length <= lacking.length);
      expect(report.remedies).toEqual(lacking);
      await Promise.all(report.remedies.map((remedy) => servers.follow(remedy)));
      expect(await reportWith(({ exitCode }) => exitCode === 0)).toMatchObject({ exitCode: 0, problems: [] });
    });

    /** Servers take a while to know of a new right. */
    function reportWith(isIt: (report: DoctorReport) => boolean): Promise<DoctorReport> {
      let last: DoctorReport | undefined;
      const found = waitUntil(
        'doctor says so',
        async () => isIt((last = await doctorReport(environmentOf(CLERK)))) && last,
        30_000,
      );
      return found.catch(() => last!);
    }
  });
});

function wrongPasswords(): Case[] {
  const of = (name: string) => () => ({ [`MILLRACE_${name}_PASSWORD`]: 'wrong-password' });
  return [
    ['a wrong password', 'kafka', of('KAFKA_SASL'), ADDRESS, /MILLRACE_KAFKA_SASL_USERNAME, _SASL_PASSWORD/],
    ['a wrong password', 'redis', of('REDIS'), ADDRESS, /WRONGPASS.*MILLRACE_REDIS_USERNAME/],
    ['a wrong password', 'cassandra', of('CASSANDRA'), ADDRESS, /MILLRACE_CASSANDRA_PASSWORD/],
  ];
}

function strangeAuthorities(file: () => string): Case[] {
  const of = (name: string) => () => ({ [`MILLRACE_${name}_SSL_CA_FILE`]: file() });
  return [
    ['an unknown authority', 'kafka', of('KAFKA'), ADDRESS, /MILLRACE_KAFKA_SSL_CA_FILE/],
    ['an unknown authority', 'redis', of('REDIS'), ADDRESS, /MILLRACE_REDIS_SSL_CA_FILE/],
    ['an unknown authority', 'cassandra', of('CASSANDRA'), ADDRESS, /MILLRACE_CASSANDRA_SSL_CA_FILE/],
  ];
}

function missingRights(): Case[] {
  const guest = () => ({ MILLRACE_REDIS_USERNAME: GUEST.name, MILLRACE_REDIS_PASSWORD: GUEST.password });
  return [['a missing right', 'redis', guest, ADDRESS, /NOPERM.*docs\/security\.md/]];
}

function missingCertificates(mutualPort: () => number): Case[] {
  const without = (name: string) => () => ({
    [`MILLRACE_${name}_SSL_CERT_FILE`]: '',
    [`MILLRACE_${name}_SSL_KEY_FILE`]: '',
  });
  const mutual = () => ({
    MILLRACE_KAFKA_BROKERS: `127.0.0.1:${mutualPort()}`,
    MILLRACE_KAFKA_SASL_MECHANISM: '',
  });
  return [
    ['a missing certificate', 'kafka', mutual, ADDRESS, /MILLRACE_KAFKA_SSL_CERT_FILE/],
    ['a missing certificate', 'redis', without('REDIS'), ADDRESS, /MILLRACE_REDIS_SSL_CERT_FILE/],
    ['a missing certificate', 'cassandra', without('CASSANDRA'), ADDRESS, /MILLRACE_CASSANDRA_SSL_CERT_FILE/],
  ];
}
