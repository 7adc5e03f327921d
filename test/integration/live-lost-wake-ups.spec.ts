import type { RowJson } from '../../src/core/row/row-json';
import { AirQualityCopy } from '../support/air-quality';
import { LiveFollower } from '../support/live-follower';
import { LossyWakeUps } from '../support/lossy-wake-ups';
import type { DailyRow } from '../support/readings';
import { Seeded } from '../support/seeded';
import { testServers } from '../support/servers';
import { ServiceProcess } from '../support/service';
import { SocketFollower } from '../support/socket-follower';
import { SteadyReadings } from '../support/steady-readings';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(240_000);

const CHINA_MS = 8 * 3_600_000;
const LOST_PERCENT = 30;

describe('the live feed when 30 % of the wake-ups are lost and a replica is killed', () => {
  const seeded = new Seeded('live-lost-wake-ups');
  const services: ServiceProcess[] = [];
  let copy: AirQualityCopy;
  let link: LossyWakeUps;
  let feed: SteadyReadings;

  beforeEach(async () => {
    copy = new AirQualityCopy();
    await copy.createTable();
    const { hostname, port } = new URL(testServers().redis);
    link = await LossyWakeUps.to({ host: hostname, port: Number(port) }, () => seeded.between(1, 100) <= LOST_PERCENT);
    feed = new SteadyReadings({ brokers: testServers().kafka, topic: copy.topic, seeded });
  });

  afterEach(async () => {
    await feed.stop();
    await Promise.all(services.splice(0).map((service) => service.stop()));
    link.close();
    await copy.close();
  });

  async function start(name: string): Promise<ServiceProcess> {
    const env = { MILLRACE_PIPELINES: copy.folder, MILLRACE_REDIS_URL: link.url };
    const service = await ServiceProcess.start(name, env);
    services.push(service);
    return service;
  }

  it('leaves clients of both kinds with what is in the table', async () => {
    const [victim, survivor] = [await start('wake-ups-a'), await start('wake-ups-b')];
    await Promise.all([victim.ready(), survivor.ready()]);
    let current = victim;
    const events = new LiveFollower(copy.name, () => current);
    const socket = new SocketFollower(copy.name, () => current.url);
    feed.start();
    await feed.more(seeded.between(10, 40));
    current = survivor;
    await victim.kill();
    await feed.more(seeded.between(10, 40));
    await feed.stop();

    await waitUntil('the table has every reading', async () => {
      const { rows } = await copy.table();
      return readingsOf(rows) === feed.records;
    });
    const { rows: table } = await copy.table();
    for (const follower of [events, socket]) {
      await waitUntil('the client has every reading', () => readingsOf(tableOf(follower.rows())) === feed.records);
      expect(tableOf(follower.rows())).toEqual(table);
    }
    expect([events.streams, socket.sockets]).toEqual([2, 2]);
    expect(events.contradictions).toEqual([]);
    expect(link.lost).toBeGreaterThan(link.published / 5);
    process.stderr.write(`${link.lost} of ${link.published} wake-ups were lost\n`);
    await Promise.all([events.close(), socket.close()]);
  });
});

function readingsOf(rows: ReadonlyMap<string, DailyRow>): number {
  return [...rows.values()].reduce((sum, { readings }) => sum + readings, 0);
}

/** As {@link AirQualityCopy.table} has it. */
function tableOf(rows: readonly RowJson[]): Map<string, DailyRow> {
  return new Map(
    rows.map(({ key, window, values }) => {
      const date = new Date(Date.parse(window!.start) + CHINA_MS).toISOString().slice(0, 10);
      return [`${String(key['location'])}|${date}`, values as unknown as DailyRow];
    }),
  );
}
