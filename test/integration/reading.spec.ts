import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { CassandraPartitionReader } from '../../src/adapters/cassandra/cassandra-partition-reader';
import { TableConsistency } from '../../src/adapters/cassandra/table-consistency';
import { testClient } from '../conformance/row-sink-cassandra';
import { earlyEvents, type ReadingEvent, readingEvents } from '../support/reading-activity';
import { ReadingCopy } from '../support/reading-copy';
import {
  expectedChapters,
  expectedLog,
  expectedMistakes,
  expectedScores,
  expectedSessions,
} from '../support/reading-oracle';
import { ServiceProcess } from '../support/service';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(240_000);

const STUDENTS = 12;

interface Body {
  readonly rows: readonly object[];
  readonly cursor?: string;
}

/** Every page of a question, one after the other. */
async function allRows(service: ServiceProcess, path: string, limit: number): Promise<readonly object[]> {
  const rows: object[] = [];
  let cursor: string | undefined;
  do {
    const more: string = cursor === undefined ? '' : `&cursor=${cursor}`;
    const separator = path.includes('?') ? '&' : '?';
    const body: Body = await service.json<Body>(`${path}${separator}limit=${limit}${more}`);
    rows.push(...body.rows);
    cursor = body.cursor;
  } while (cursor !== undefined);
  return rows;
}

interface Ingested {
  readonly positions: readonly { readonly partition: number; readonly offset: string }[];
}

/** Resolves with the places of the records, as `after` takes them. */
async function send(service: ServiceProcess, topic: string, events: readonly ReadingEvent[]): Promise<string> {
  const places: string[] = [];
  for (let i = 0; i < events.length; i += 50) {
    const response = await fetch(`${service.url}/v1/ingest/${topic}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(events.slice(i, i + 50)),
    });
    if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
    const { positions } = (await response.json()) as Ingested;
    places.push(...positions.map(({ partition, offset }) => `${topic}:${partition}:${offset}`));
  }
  return places.join();
}

describe('the reading platform on real Kafka, Redis and Cassandra', () => {
  const copy = new ReadingCopy();
  const seed = Number(process.env['MILLRACE_TEST_SEED'] ?? randomInt(2 ** 31));
  const events = readingEvents(copy.mark, STUDENTS, seed);
  const students = [...new Set(events.map(({ student_id }) => student_id))];
  const chapters = [...new Set(events.map(({ chapter_id }) => chapter_id))];
  const client = testClient();
  const services: ServiceProcess[] = [];
  let survivor: ServiceProcess;

  const start = async (name: string): Promise<ServiceProcess> => {
    const service = await ServiceProcess.start(name, { MILLRACE_PIPELINES: copy.folder });
    services.push(service);
    return service;
  };

  /** Ends when the answer is right; fails with the difference. */
  const becomes = async (read: () => Promise<readonly object[]>, expected: readonly object[]): Promise<void> => {
    const same = async (): Promise<boolean> => isDeepStrictEqual((await read()).length, expected.length);
    await waitUntil('as many rows as expected', () => same().catch(() => false), 60_000).catch(() => undefined);
    let failure: unknown;
    const equal = async (): Promise<boolean> => {
      try {
        expect(await read()).toEqual(expected);
        return true;
      } catch (error) {
        failure = error;
        return false;
      }
    };
    await waitUntil('the expected rows', equal, 60_000, 200).catch(() => {
      throw failure;
    });
  };

  beforeAll(async () => {
    process.stderr.write(`MILLRACE_TEST_SEED=${seed}\n`);
    await client.connect();
    const victim = await start('reading-victim');
    survivor = await start('reading-survivor');
    await Promise.all([victim.ready(), survivor.ready()]);
    const early = await send(survivor, copy.topic, earlyEvents(copy.mark));
    for (const name of copy.names) {
      await survivor.json(`/v1/pipelines/${name}/rows?after=${early}&timeout=60s`);
    }
    const half = Math.floor(events.length / 2);
    await send(survivor, copy.topic, events.slice(0, half));
    // Dies with whatever it has read, written and not committed.
    await victim.kill();
    await send(survivor, copy.topic, events.slice(half));
  });
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await client.close();
  });

  it('keeps every page of every student, newest first, page after page', async () => {
    for (const student of students) {
      await becomes(() => allRows(survivor, `/v1/students/${student}/log`, 7), expectedLog(events, student));
    }
  });

  it('knows how each student does in each chapter', async () => {
    for (const student of students) {
      await becomes(() => allRows(survivor, `/v1/students/${student}/chapters`, 2), expectedChapters(events, student));
    }
  });

  it('has each student once among the scores of a chapter, at the newest score', async () => {
    for (const chapter of chapters) {
      const path = `/v1/chapters/by-score?chapter=${chapter}`;
      await becomes(() => allRows(survivor, path, 5), expectedScores(events, chapter));
    }
  });

  it('finds the sessions that the gaps between pages make', async () => {
    for (const student of students) {
      await becomes(() => allRows(survivor, `/v1/students/${student}/sessions`, 3), expectedSessions(events, student));
    }
  });

  it('counts the words that are read wrong most', async () => {
    const reader = new CassandraPartitionReader(client, new TableConsistency());
    for (const chapter of chapters) {
      const read = async () => {
        const rows = await reader.read({
          ...{ table: 'reading.mistakes_by_word', partition: { chapter_id: chapter } },
          ...{ clustering: ['month'], descending: true, limit: 100 },
        });
        return rows.map(({ month, words, mistakes }) => ({ month, words, mistakes }));
      };
      await becomes(read, expectedMistakes(events, chapter));
    }
  });

  it.each([
    ['/v1/students/nobody/log', 404, 'No page read by "nobody"'],
    ['/v1/students/nobody/chapters', 404, 'No page read by "nobody"'],
    ['/v1/students/nobody/log?cursor=x', 400, 'Give the "cursor" of the page before'],
    ['/v1/chapters/by-score', 400, 'Give either "chapter"'],
    ['/v1/chapters/by-score?chapter=c&min=best', 400, '"best" is no number'],
  ])('answers %s with %i and what would be right', async (path, status, detail) => {
    const response = await fetch(survivor.url + path);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining(detail) as string });
  });

  it('tells how to page through ten years', async () => {
    const path = `/v1/students/${students[0]}/log?from=2016-01-01&to=2026-01-01`;
    const response = await fetch(survivor.url + path);
    expect(response.status).toBe(400);
    const { detail } = (await response.json()) as { detail: string };
    expect(detail).toContain('Ask for at most that, such as from=2024-01-01T00:00:00.000Z&to=2026-01-01T00:00:00.000Z');
  });
});
