import { AirQualityCopy } from './air-quality';
import { Seeded } from './seeded';
import { type LogLine, ServiceProcess } from './service';
import { type TestServers, testServers } from './servers';
import { SteadyReadings } from './steady-readings';
import { waitUntil } from './wait-until';

/** A server that was away has much to catch up with, and each look at the table costs it more. */
const TABLE_MS = 120_000;
const TABLE_POLL_MS = 1_000;

interface PipelineAnswer {
  readonly totals: { readonly accepted: number; readonly late: number; readonly dead: number };
}

interface Health {
  readonly error?: Record<string, { readonly status: string; readonly reason?: string; readonly waitingFor?: string }>;
}

export interface FaultedPipelineOptions {
  /** Of the test, for its log and its seed. */
  readonly name: string;
  /** Settings of the service. */
  readonly env: Record<string, string>;
  readonly edit?: (yaml: string) => string;
  readonly servers?: Pick<TestServers, 'kafka' | 'cassandra'>;
  /** Between two days of readings. */
  readonly paceMs?: number;
}

/** The shipped pipeline in a service of its own, fed steadily while a test breaks what it stands on. */
export class FaultedPipeline {
  readonly copy: AirQualityCopy;
  readonly feed: SteadyReadings;
  readonly seeded: Seeded;
  service!: ServiceProcess;
  /** Closes what was opened, the last first. */
  private readonly opened: (() => Promise<unknown>)[] = [];

  private constructor(private readonly options: FaultedPipelineOptions) {
    const { name, edit, servers = testServers(), paceMs } = options;
    this.seeded = new Seeded(name);
    this.copy = new AirQualityCopy(edit, servers);
    const { topic } = this.copy;
    this.feed = new SteadyReadings({ brokers: servers.kafka, topic, seeded: this.seeded, ...(paceMs && { paceMs }) });
  }

  /** The service is ready and fed. */
  static async start(options: FaultedPipelineOptions): Promise<FaultedPipeline> {
    const pipeline = await FaultedPipeline.prepare(options);
    await pipeline.startService();
    await pipeline.service.ready();
    pipeline.feed.start();
    return pipeline;
  }

  /** Table and definition are there; neither service nor feed runs. */
  static async prepare(options: FaultedPipelineOptions): Promise<FaultedPipeline> {
    const pipeline = new FaultedPipeline(options);
    pipeline.opened.push(() => pipeline.copy.close());
    await pipeline.copy.createTable();
    pipeline.opened.push(() => pipeline.feed.stop());
    return pipeline;
  }

  async startService(): Promise<void> {
    const { name, env } = this.options;
    const service = await ServiceProcess.start(name, { MILLRACE_PIPELINES: this.copy.folder, ...env });
    this.service = service;
    this.opened.push(() => service.stop());
  }

  /** A moment that the seed chooses: after some more days of readings. */
  someTime(): Promise<void> {
    return this.feed.more(this.seeded.between(10, 40));
  }

  /** Resolves with the first line of `event` after `known` of them. */
  logs(event: string, known = 0): Promise<LogLine> {
    return waitUntil(`${event} is in ${this.service.logFile}`, () => this.service.logged(event)[known]);
  }

  /** Resolves with the reason once the readiness probe gives one for `part`. */
  unready(part: string): Promise<string> {
    return waitUntil(`the readiness probe names ${part}, see ${this.service.logFile}`, async () => {
      const { status, body } = await this.health('ready');
      return status === 503 && body.error?.[part]?.reason;
    });
  }

  async health(probe: string): Promise<{ status: number; body: Health }> {
    const response = await fetch(`${this.service.url}/health/${probe}`, { signal: AbortSignal.timeout(5_000) });
    return { status: response.status, body: (await response.json()) as Health };
  }

  /** The part of the readiness probe that speaks of the pipeline. */
  get part(): string {
    return `pipeline:${this.copy.name}`;
  }

  answer(): Promise<PipelineAnswer> {
    return this.service.json<PipelineAnswer>(`/v1/pipelines/${this.copy.name}`);
  }

  /** The sum over all labels. */
  async metric(name: string): Promise<number> {
    const text = await fetch(`${this.service.url}/metrics`).then((response) => response.text());
    const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  /**
   * Ends the feed; resolves once the pipeline is ready again, has counted each reading exactly once, and the table is
   * what the readings make.
   */
  async expectNothingLostNothingDouble(): Promise<void> {
    const { feed, service, copy } = this;
    await feed.stop();
    await service.ready();
    await waitUntil(`${feed.records} readings are counted`, async () => {
      const answer = await this.answer().catch(() => undefined);
      return answer && answer.totals.accepted >= feed.records;
    }).catch(() => undefined);
    expect((await this.answer()).totals).toMatchObject({ accepted: feed.records, late: 0, dead: 0 });
    await waitUntil('the table has every reading', () => this.tableIsWhole(), TABLE_MS, TABLE_POLL_MS).catch(
      () => undefined,
    );
    const { rows } = await copy.table();
    expect(rows.size).toBe(feed.expected.size);
    for (const [day, row] of feed.expected) {
      expect({ day, ...rows.get(day) }).toEqual({ day, ...row, avg_pm25: expect.closeTo(row.avg_pm25, 9) });
    }
    expect(service.hasExited).toBe(false);
  }

  /** False also when the table cannot be read yet. */
  private async tableIsWhole(): Promise<boolean> {
    const table = await this.copy.table().catch(() => undefined);
    const readings = [...(table?.rows.values() ?? [])].reduce((sum, row) => sum + row.readings, 0);
    return readings >= this.feed.records;
  }

  async close(): Promise<void> {
    for (const close of this.opened.splice(0).reverse()) await close();
  }
}
