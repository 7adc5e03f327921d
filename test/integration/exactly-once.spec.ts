import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import type { RowJson } from '../../src/core/row/row-json';
import { AirQualityCopy } from '../support/air-quality';
import { CommittedReader } from '../support/committed-reader';
import { faultsOf } from '../support/output-topic';
import { seededRandom } from '../support/random';
import { RedisProcess } from '../support/redis-process';
import { ServiceProcess } from '../support/service';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(300_000);

const SEED = Number(process.env['MILLRACE_TEST_SEED'] ?? Date.now() % 1_000_000);
const POSTS = ['Beijing US Post', 'Chengdu US Post', 'Guangzhou US Post', 'Shanghai US Post', 'Shenyang US Post'];
const KILLS = 6;
/** Records between two batches, and the time between them: about 1,500 records in a second. */
const HOURS_OF_BATCH = 6;
const BATCH_MS = 20;
const HOUR_MS = 3_600_000;

/** Feeds readings of every post, hour after hour from 2013 on, until it is stopped. */
class Flow {
  private hour = 0;
  private stopped = false;
  private readonly done: Promise<void>;

  constructor(private readonly copy: AirQualityCopy) {
    this.done = this.run();
  }

  get records(): number {
    return this.hour * POSTS.length;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.done;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      const hours = Array.from({ length: HOURS_OF_BATCH }, (_, i) => this.hour + i);
      this.hour += HOURS_OF_BATCH;
      await this.copy.produce(hours.flatMap(readingsAt));
      await delay(BATCH_MS);
    }
  }
}

function readingsAt(hour: number): { key: string; value: string }[] {
  const observed_at = new Date(Date.UTC(2013, 0, 1) + hour * HOUR_MS).toISOString();
  return POSTS.map((location, i) => ({
    key: location,
    value: JSON.stringify({ observed_at, location, pm25: (hour * 7 + i * 13) % 300 }),
  }));
}

describe(`an exactly-once topic, seed ${SEED}`, () => {
  const random = seededRandom(SEED);
  let copy: AirQualityCopy;
  let reader: CommittedReader;
  let flow: Flow | undefined;
  /** Closes what was opened, the last first, however far a test came. */
  const opened: (() => Promise<unknown>)[] = [];

  const start = async (name: string, env: Record<string, string> = {}): Promise<ServiceProcess> => {
    const service = await ServiceProcess.start(`exactly-once-${name}`, { MILLRACE_PIPELINES: copy.folder, ...env });
    opened.push(async () => {
      service.signal('SIGCONT');
      await service.stop();
    });
    return service;
  };
  const begin = async (): Promise<void> => {
    reader = await CommittedReader.of(copy.output);
    opened.push(() => reader.close());
    flow = new Flow(copy);
  };
  const moreRows = async (count: number): Promise<void> => {
    const before = reader.records.length;
    await waitUntil(`${count} more rows are committed`, () => reader.records.length >= before + count);
  };
  /** Whatever happened: each version once, none after a newer one, and in the end what the table has. */
  const expectTheTable = async (): Promise<void> => {
    await flow!.stop();
    const sent = flow!.records;
    await waitUntil('the pipeline has caught up', () => copy.hasCaughtUp());
    // The last rows may come up to `emit.every` after the offsets that they cover.
    const { rows } = await waitUntil('the newest rows are those of the table, with every reading', async () => {
      const table = await copy.table();
      const shown = [...faultsOf(reader.records).newest.values()].map((text) => JSON.parse(text) as RowJson);
      const same =
        shown.length === table.rows.size && shown.every((row) => row.revision === table.revisions.get(nameOf(row)));
      const readings = [...table.rows.values()].reduce((sum, row) => sum + row.readings, 0);
      return same && readings === sent ? table : undefined;
    });
    const { double, backwards, newest } = faultsOf(reader.records);
    expect({ double, backwards }).toEqual({ double: [], backwards: [] });
    for (const text of newest.values()) {
      const row = JSON.parse(text) as RowJson;
      expect(row.values).toEqual(rows.get(nameOf(row)));
    }
  };

  beforeEach(async () => {
    copy = new AirQualityCopy((yaml) =>
      yaml
        .replace('delivery: at-least-once', 'delivery: exactly-once')
        .replace('emit: { on: both, every: 1s }', 'emit: { on: both, every: 300ms }\n  checkpoint: { interval: 50ms }'),
    );
    opened.push(() => copy.close());
    await copy.createTable();
  });
  afterEach(async () => {
    await flow?.stop();
    flow = undefined;
    for (const close of opened.splice(0).reverse()) await close();
  });

  it(`shows each version once through ${KILLS} kills at random moments`, async () => {
    let service = await start('killed');
    await service.ready();
    await begin();
    for (let kill = 0; kill < KILLS; kill++) {
      await moreRows(20);
      await delay(random() * 700);
      await service.kill();
      service = await start('killed');
    }
    await moreRows(20);
    await expectTheTable();
  });

  it('shows no row twice when Redis comes back with an older state', async () => {
    const redis = await RedisProcess.reserve();
    redis.start();
    opened.push(() => redis.remove());
    const env = { MILLRACE_REDIS_URL: redis.url };
    let service = await start('forgotten', env);
    await service.ready();
    await begin();
    for (let round = 0; round < 3; round++) {
      await moreRows(20);
      redis.remember();
      await moreRows(40 + Math.floor(random() * 100));
      await service.kill();
      await redis.kill();
      redis.forget();
      redis.start();
      service = await start('forgotten', env);
    }
    await moreRows(20);
    await expectTheTable();
  });

  it('shows nothing of an owner that was stopped and goes on after another has taken over', async () => {
    const services = [await start('zombie'), await start('other')];
    for (const service of services) await service.ready();
    await begin();
    await moreRows(40);
    for (const [i, zombie] of services.entries()) {
      const other = services[1 - i]!;
      await delay(random() * 500);
      zombie.signal('SIGSTOP');
      await waitUntil('the other one has all tasks', async () => {
        const { tasks } = await other.json<{ tasks: { partition: number; state: string }[] }>(
          `/v1/pipelines/${copy.name}`,
        );
        return tasks.length === 4 && tasks.every(({ state }) => state === 'running');
      });
      await moreRows(40);
      const said = readFileSync(zombie.logFile, 'utf8').length;
      zombie.signal('SIGCONT');
      await waitUntil('the zombie has dropped its tasks', () =>
        /task\.(fenced|released)/.test(readFileSync(zombie.logFile, 'utf8').slice(said)),
      );
      await moreRows(40);
    }
    await expectTheTable();
  });
});

function nameOf({ key, window }: RowJson): string {
  // Days on China's clocks begin eight hours before those of UTC.
  const date = new Date(Date.parse(window!.start) + 8 * HOUR_MS).toISOString().slice(0, 10);
  return `${String(key['location'])}|${date}`;
}
