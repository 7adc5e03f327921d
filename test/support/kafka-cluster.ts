import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type Admin, Kafka, logLevel } from 'kafkajs';

import { kafka, type KafkaProgram } from '../../stack/kafka/kafka.mjs';
import { freePort } from './free-port';
import { waitUntil } from './wait-until';

const CLUSTER_ID = 'bWlsbHJhY2UtdGVzdHMtMw';
const BROKERS = 3;
const START_MS = 60_000;
const JVM = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const run = promisify(execFile);

interface Broker {
  readonly id: number;
  readonly port: number;
  readonly config: string;
  child?: ChildProcess;
}

/**
 * Three brokers of one test's own, each topic of theirs on all three. The first is the only controller, so it has to
 * live; the others may die.
 */
export class KafkaCluster {
  private constructor(
    private readonly program: KafkaProgram,
    private readonly folder: string,
    private readonly brokers: readonly Broker[],
  ) {}

  /** Resolves when every broker answers. */
  static async start(): Promise<KafkaCluster> {
    const program = await kafka.prepare({ log: () => undefined });
    const folder = mkdtempSync(join(tmpdir(), 'millrace-kafka-'));
    const ports = await Promise.all(Array.from({ length: BROKERS + 1 }, freePort));
    const [controllerPort, ...brokerPorts] = ports;
    const brokers = brokerPorts.map((port, i) =>
      brokerIn(folder, { id: i + 1, port, controllerPort: controllerPort! }),
    );
    const cluster = new KafkaCluster(program, folder, brokers);
    await Promise.all(brokers.map((broker) => cluster.format(broker)));
    for (const { id } of brokers) cluster.startBroker(id);
    await cluster.waitForBrokers();
    return cluster;
  }

  get addresses(): readonly string[] {
    return this.brokers.map(({ port }) => `127.0.0.1:${port}`);
  }

  /** The id of the broker that leads `group`. */
  coordinatorOf(group: string): Promise<number> {
    return this.asking((admin) =>
      waitUntil(`${group} has a coordinator`, async () => {
        const { groups } = await admin.describeGroups([group]).catch(() => ({ groups: [] }));
        if (groups[0]?.state !== 'Stable') return undefined;
        const topic = '__consumer_offsets';
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
        const partitions = topics[0]!.partitions;
        const partition = Math.abs(javaHash(group)) % partitions.length;
        return partitions.find(({ partitionId }) => partitionId === partition)!.leader;
      }),
    );
  }

  startBroker(id: number): void {
    const broker = this.broker(id);
    const log = openSync(join(this.folder, `${id}.log`), 'a');
    const args = [...JVM, '-cp', this.program.classpath, 'kafka.Kafka', broker.config];
    broker.child = spawn(this.program.java, args, { stdio: ['ignore', log, log] });
  }

  /** Dies at once, as by the kernel's hand. */
  async killBroker(id: number): Promise<void> {
    const broker = this.broker(id);
    const { child } = broker;
    delete broker.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async remove(): Promise<void> {
    await Promise.all(this.brokers.map(({ id }) => this.killBroker(id)));
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async waitForBrokers(): Promise<void> {
    await waitUntil(
      `${BROKERS} brokers answer, see ${this.folder}`,
      () =>
        this.asking(async (admin) => (await admin.describeCluster()).brokers.length === BROKERS).catch(() => undefined),
      START_MS,
    );
  }

  private async asking<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    const client = new Kafka({ brokers: [...this.addresses], logLevel: logLevel.NOTHING, retry: { retries: 2 } });
    const admin = client.admin();
    try {
      await admin.connect();
      return await question(admin);
    } finally {
      await admin.disconnect();
    }
  }

  private async format({ config }: Broker): Promise<void> {
    const { java, classpath } = this.program;
    const tool = ['-XX:TieredStopAtLevel=1', '-cp', classpath, 'kafka.tools.StorageTool', 'format'];
    await run(java, [...tool, '-t', CLUSTER_ID, '-c', config], { timeout: START_MS });
  }

  private broker(id: number): Broker {
    return this.brokers.find((broker) => broker.id === id)!;
  }
}

function brokerIn(folder: string, ports: { id: number; port: number; controllerPort: number }): Broker {
  const { id, port, controllerPort } = ports;
  const isController = id === 1;
  const listeners = [
    `PLAINTEXT://127.0.0.1:${port}`,
    ...(isController ? [`CONTROLLER://127.0.0.1:${controllerPort}`] : []),
  ];
  const settings: Record<string, string | number> = {
    'process.roles': isController ? 'broker,controller' : 'broker',
    'node.id': id,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: listeners.join(','),
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': join(folder, String(id)),
    'default.replication.factor': BROKERS,
    'min.insync.replicas': 1,
    // A broker that is killed is missed after two seconds.
    'broker.session.timeout.ms': 2_000,
    'broker.heartbeat.interval.ms': 500,
    'group.initial.rebalance.delay.ms': 0,
    'offsets.topic.num.partitions': 8,
    'offsets.topic.replication.factor': BROKERS,
    'transaction.state.log.num.partitions': 2,
    'transaction.state.log.replication.factor': BROKERS,
    'transaction.state.log.min.isr': 1,
    'auto.create.topics.enable': 'false',
    'log.retention.ms': -1,
  };
  mkdirSync(folder, { recursive: true });
  const config = join(folder, `${id}.properties`);
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  writeFileSync(config, `${lines.join('\n')}\n`);
  return { id, port, config };
}

/** As Java's `String.hashCode`, by which Kafka finds the partition of `__consumer_offsets` that a group has. */
function javaHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0;
  return hash;
}
