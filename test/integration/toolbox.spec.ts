import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ClientKafka } from '@nestjs/microservices';
import { firstValueFrom, timeout } from 'rxjs';
import type { JobView } from '../../src/jobs/job-view';
import type { QueryAnswer } from '../../src/queries/query.controller';
import { testServers, uniqueName } from '../support/servers';
import { ServiceProcess } from '../support/service';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(180_000);

const PLAYERS = ['Ada', 'Grace', 'हैदराबाद', 'Linus'];
const BEGIN_MS = Date.UTC(2026, 0, 1);

interface Play {
  readonly player: string;
  readonly points: number;
  readonly at: string;
}

/** Play `i`: who plays, and for how many points, is told by its number. */
function play(i: number): Play {
  const player = PLAYERS[(i * 7) % 4]!;
  return { player, points: (i % 5) + 1, at: new Date(BEGIN_MS + i * 1_000).toISOString() };
}

function pipelineText(name: string, topic: string): string {
  return `
apiVersion: millrace/v1
kind: Pipeline
metadata: { name: ${name} }
spec:
  source: { topic: ${topic}, partitions: 2, format: json, time: { field: at } }
  key: [player]
  window: { kind: global }
  aggregate: { points: sum(points), plays: count(), newest: last(at) }
  sinks:
    - live: {}
    - redis: { leaderboard: { member: key.player, score: points } }
    - redis: { latest: { at: newest, size: 2 } }
    - redis: { unique: { member: key.player } }
    - redis: { counter: { member: key.player, value: plays } }
`;
}

describe('the toolbox on real servers', () => {
  const [name, topic, queryTopic] = ['toolbox', 'plays', 'query'].map(uniqueName) as [string, string, string];
  const folder = mkdtempSync(join(tmpdir(), 'millrace-toolbox-'));
  const exports = join(folder, 'exports');
  const env = { MILLRACE_PIPELINES: folder, MILLRACE_EXPORTS: exports, MILLRACE_QUERY_TOPIC: queryTopic };
  const plays: Play[] = [];
  let service: ServiceProcess;

  beforeAll(async () => {
    writeFileSync(join(folder, 'toolbox.yaml'), pipelineText(name, topic));
    service = await (await ServiceProcess.start('toolbox', env)).ready();
  });
  afterAll(async () => {
    await service?.stop();
    rmSync(folder, { recursive: true });
  });

  async function ingest(count: number): Promise<void> {
    const some = Array.from({ length: count }, (_, i) => play(plays.length + i));
    const response = await fetch(`${service.url}/v1/ingest/${topic}`, {
      ...{ method: 'POST', body: JSON.stringify(some) },
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status).toBe(202);
    plays.push(...some);
  }

  const sumOf = (player: string, value: (play: Play) => number): number =>
    plays.filter((each) => each.player === player).reduce((sum, each) => sum + value(each), 0);
  const expectedBoard = (): string[] =>
    PLAYERS.map((player) => ({ player, points: sumOf(player, ({ points }) => points) }))
      .sort((a, b) => b.points - a.points || Buffer.compare(Buffer.from(b.player), Buffer.from(a.player)))
      .map(({ player, points }, i) => `${i + 1} ${player} ${points}`);

  const view = <T>(path: string): Promise<T> => service.json<T>(`/v1/pipelines/${name}/${path}`);
  async function board(): Promise<string[]> {
    const { entries } = await view<{ entries: { rank: number; member: string; score: number }[] }>('leaderboard');
    return entries.map(({ rank, member, score }) => `${rank} ${member} ${score}`);
  }

  async function done(job: JobView): Promise<JobView> {
    return waitUntil(`job ${job.id} is done, see ${service.logFile}`, async () => {
      const { state, error, ...rest } = await service.json<JobView>(`/v1/jobs/${job.id}`);
      if (state === 'failed') throw new Error(error);
      return state === 'done' ? { state, ...rest } : undefined;
    });
  }
  async function posted(path: string): Promise<JobView> {
    const response = await fetch(`${service.url}/v1/pipelines/${name}/${path}`, { method: 'POST' });
    expect(response.status).toBe(202);
    return done(JSON.parse(await response.text()) as JobView);
  }

  const settled = () =>
    waitUntil(`the board shows all plays, see ${service.logFile}`, async () => {
      const found = await board();
      return found.join() === expectedBoard().join() ? found : undefined;
    });

  it('keeps boards that are exact although the service is killed amid its work', async () => {
    for (let i = 0; i < 10; i++) await ingest(50);
    await service.kill();
    service = await (await ServiceProcess.start('toolbox', env)).ready();
    for (let i = 0; i < 10; i++) await ingest(50);
    await settled();
    const { counters } = await view<{ counters: { member: string; value: number }[] }>('counter');
    expect(counters.map(({ member, value }) => [member, value]).sort()).toEqual(
      PLAYERS.map((player) => [player, sumOf(player, () => 1)]).sort(),
    );
    expect(await view('unique')).toMatchObject({ count: 4 });
    const { rows } = await view<{ rows: { key: { player: string } }[] }>('latest');
    expect(rows.map(({ key }) => key.player)).toEqual([plays.at(-1)!.player, plays.at(-2)!.player]);
  });

  it('tells what a key was before an offset and at a time, from its events', async () => {
    const path = `history?key.player=${encodeURIComponent('हैदराबाद')}`;
    const now = await view<{ events: number; values: { points: number }; nextOffset: string }>(path);
    expect(now).toMatchObject({
      events: sumOf('हैदराबाद', () => 1),
      values: { points: sumOf('हैदराबाद', ({ points }) => points) },
    });
    const at = plays[600]!.at;
    const before = plays.slice(0, 600).filter(({ player }) => player === 'हैदराबाद');
    expect(await view(`${path}&at=${at}`)).toMatchObject({ events: before.length });
    expect(await view(`${path}&at=offset:0`)).toMatchObject({ events: 0, values: { plays: 0 } });
  });

  it('rebuilds and exports as jobs', async () => {
    const rebuilt = await posted('rebuilds');
    expect(rebuilt).toMatchObject({ kind: 'rebuild', attempts: 1, result: { generation: expect.any(String) } });
    await ingest(20);
    await settled();
    const exported = await posted('exports');
    const { file, rows } = exported.result as { file: string; rows: number };
    expect(rows).toBe(PLAYERS.length);
    const lines = gunzipSync(readFileSync(join(exports, file)))
      .toString()
      .trim()
      .split('\n');
    const points = lines.map((line) => JSON.parse(line) as { key: Play; values: Play });
    expect(points.map(({ key, values }) => [key.player, values.points]).sort()).toEqual(
      PLAYERS.map((player) => [player, sumOf(player, (each) => each.points)]).sort(),
    );
    expect((await fetch(`${service.url}/v1/jobs/${exported.id}/file`)).status).toBe(200);
  });

  it("answers Nest's client over Kafka, with problem details where the question is wrong", async () => {
    await waitUntil('the topics of questions are there', async () => {
      const answer = await fetch(`${service.url}/health/ready`);
      return answer.status === 200 && service.logged('query.listening').length > 0;
    });
    const client = new ClientKafka({
      client: { brokers: [...testServers().kafka], clientId: uniqueName('asker') },
      consumer: { groupId: uniqueName('askers') },
      producer: { allowAutoTopicCreation: false },
    });
    client.subscribeToResponseOf(queryTopic);
    await client.connect();
    try {
      const ask = (question: object): Promise<QueryAnswer> =>
        firstValueFrom(client.send<QueryAnswer>(queryTopic, question).pipe(timeout(60_000)));
      // The first question may wait for the group to share its partitions out, which is too late for an answer.
      const inTime = (error: { status?: number }): undefined => {
        if (error.status !== 504) throw new Error('not answered', { cause: error });
      };
      const { rows, asOf } = await waitUntil(
        'a question is answered in time',
        () => ask({ pipeline: name, 'key.player': 'Ada' }).catch(inTime),
        60_000,
      );
      expect(rows).toMatchObject([{ key: { player: 'Ada' }, values: { plays: sumOf('Ada', () => 1) } }]);
      expect(Object.keys(asOf.offsets)).toHaveLength(2);
      await expect(ask({ pipeline: 'none' })).rejects.toMatchObject({ status: 404 });
    } finally {
      await client.close();
    }
  });
});
