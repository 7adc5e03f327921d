import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { ConfigResourceTypes, Kafka, logLevel, type Message, type Producer } from 'kafkajs';

import { testServers } from './servers';

/** What a topic takes until {@link BrokenPipelines.letLargeRowsThrough}. */
const SMALL_BYTES = 400;
const STEADY_MS = 500;
/** Of records: a request must stay below a megabyte. */
const CHUNK = 500;

const PLAIN = `
  key: [key]
  window: { kind: tumbling, size: 10s, grace: 0s }
  aggregate: { n: count() }
  sinks: [{ live: {} }]`;

/** Of pipelines that a test breaks, each in a way of its own. */
const SPECS = {
  dead: PLAIN,
  budget: `${PLAIN}
  errorBudget: { of: 10 }`,
  late: PLAIN,
  fenced: PLAIN,
  // Sessions are in memory as a whole, however little of it there is.
  full: PLAIN.replace('kind: tumbling, size: 10s', 'kind: session, gap: 1h').replace('n: count()', 'text: last(text)'),
  failed: (output: string) =>
    PLAIN.replace('n: count()', 'text: last(text)').replace('live: {}', `kafka: { topic: ${output} }`),
} as const;

export type Broken = keyof typeof SPECS;

/** Definitions, topics and records of pipelines over `{key, t, text}`, one partition each. */
export class BrokenPipelines {
  private readonly kafka = new Kafka({ brokers: testServers().kafka, logLevel: logLevel.ERROR });
  private readonly producer: Producer = this.kafka.producer();
  private readonly stopping = new AbortController();
  private sending: Promise<void> | undefined;

  private constructor(private readonly prefix: string) {}

  /** Writes the definitions into `folder` and makes the topics. */
  static async in(folder: string, prefix: string): Promise<BrokenPipelines> {
    const made = new BrokenPipelines(prefix);
    for (const broken of Object.keys(SPECS) as Broken[]) {
      writeFileSync(join(folder, `${broken}.yaml`), made.definition(broken));
    }
    await made.makeTopics();
    await made.producer.connect();
    return made;
  }

  nameOf(broken: Broken): string {
    return `${this.prefix}-${broken}`;
  }

  get names(): string[] {
    return (Object.keys(SPECS) as Broken[]).map((broken) => this.nameOf(broken));
  }

  /** One record of now, twice a second, to each of these, until the end. */
  feed(...broken: readonly Broken[]): void {
    this.sending = this.feedOn(broken);
    this.sending.catch(() => undefined);
  }

  /** Records at these times, each of another key. */
  async send(broken: Broken, timesMs: readonly number[], text = ''): Promise<void> {
    const messages = timesMs.map((t, i) => ({ key: `key-${i}`, value: JSON.stringify({ key: `key-${i}`, t, text }) }));
    for (let from = 0; from < messages.length; from += CHUNK) {
      await this.append(broken, messages.slice(from, from + CHUNK));
    }
  }

  sendBad(broken: Broken, count: number): Promise<void> {
    return this.append(
      broken,
      Array.from({ length: count }, () => ({ key: 'bad', value: '{' })),
    );
  }

  async letLargeRowsThrough(): Promise<void> {
    await this.withAdmin((admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            ...{ type: ConfigResourceTypes.TOPIC, name: this.outputOf('failed') },
            configEntries: [{ name: 'max.message.bytes', value: '1000000' }],
          },
        ],
      }),
    );
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.sending?.catch(() => undefined);
    await this.producer.disconnect();
  }

  private async feedOn(broken: readonly Broken[]): Promise<void> {
    while (!this.stopping.signal.aborted) {
      for (const one of broken) await this.send(one, [Date.now()]);
      await delay(STEADY_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async append(broken: Broken, messages: Message[]): Promise<void> {
    await this.producer.send({ topic: this.nameOf(broken), messages });
  }

  private outputOf(broken: Broken): string {
    return `${this.nameOf(broken)}.rows`;
  }

  private definition(broken: Broken): string {
    const spec = SPECS[broken];
    const name = this.nameOf(broken);
    return `apiVersion: millrace/v1
kind: Pipeline
metadata: { name: ${name} }
spec:
  source: { topic: ${name}, partitions: 1, format: json, time: { field: t, idleAfter: never } }${
    typeof spec === 'string' ? spec : spec(this.outputOf(broken))
  }
`;
  }

  private async makeTopics(): Promise<void> {
    const sources = this.names.map((topic) => ({ topic, numPartitions: 1 }));
    const configEntries = [{ name: 'max.message.bytes', value: String(SMALL_BYTES) }];
    const small = { topic: this.outputOf('failed'), numPartitions: 1, configEntries };
    await this.withAdmin((admin) => admin.createTopics({ topics: [...sources, small], waitForLeaders: true }));
  }

  private async withAdmin(action: (admin: ReturnType<Kafka['admin']>) => Promise<unknown>): Promise<void> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      await action(admin);
    } finally {
      await admin.disconnect();
    }
  }
}
