import type { INestApplication } from '@nestjs/common';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProblemDetailsModule } from '../../../src/api/problem-details.module';
import { compilePipeline } from '../../../src/core/pipeline/compile';
import type { CompiledPipeline } from '../../../src/core/pipeline/compiled-pipeline';
import { parsePipelines } from '../../../src/core/pipeline/parse';
import type { Row } from '../../../src/core/row/row';
import { ReadingModule } from '../../../src/reading/reading.module';
import { ApiFixture } from '../../support/api-fixture';

const FOLDER = join(__dirname, '..', '..', '..', 'pipelines');
const never = new AbortController().signal;

function shipped(name: string): CompiledPipeline {
  const file = `${name}.yaml`;
  return compilePipeline(parsePipelines(readFileSync(join(FOLDER, file), 'utf8'), file).definitions[0]!);
}

interface Body {
  readonly rows: readonly Record<string, unknown>[];
  readonly cursor?: string;
  readonly detail?: string;
}

describe('what the reading platform answers', () => {
  let world: ApiFixture;
  let app: INestApplication;
  let url: string;
  let revision = 1_000n;

  beforeEach(async () => {
    world = new ApiFixture();
    ({ app, url } = await world.start([ProblemDetailsModule, ReadingModule]));
  });
  afterEach(() => app.close());

  const get = async (path: string, status = 200): Promise<Body> => {
    const response = await fetch(url + path);
    const body = (await response.json()) as Body;
    expect([response.status, body]).toEqual([status, expect.anything()]);
    return body;
  };

  async function write(name: string, part: Pick<Row, 'key' | 'values'>): Promise<void> {
    const pipeline = shipped(name);
    revision += 2n;
    const keyText = JSON.stringify(Object.values(part.key));
    const row: Row = { pipeline: name, keyText, window: undefined, partition: 0, revision, final: false, ...part };
    for (const sink of pipeline.sinks) await world.tables.sinkFor(pipeline, sink).write([row], never);
  }

  const chapter = (student: string, name: string, score: number | null): Promise<void> =>
    write('reading-chapters', {
      key: { student_id: student, chapter_id: name },
      values: {
        ...{ score, duration: 60, pages: 1, last_read: Date.UTC(2026, 2, 15), best_score: score },
        ...{ words: 100, mistakes: 0 },
      },
    });

  async function page(student: string, at: string, number: number): Promise<void> {
    const values = { student_id: student, session_id: 's', chapter_id: 'c', page: number, words_read: 10 };
    const rest = { duration: null, score: null, mistakes: {}, device: null };
    const times = { month: at.slice(0, 7), at_ms: Date.parse(at) };
    await write('reading-log', { key: {}, values: { ...values, ...rest, ...times } });
  }

  async function threeMonths(student: string): Promise<void> {
    await chapter(student, 'c', 50);
    for (const [i, at] of ['2026-01-31T23:59:59Z', '2026-03-01T00:00:00Z', '2026-03-15T00:00:00Z'].entries()) {
      await page(student, at, i);
      await page(student, at, i + 10);
    }
  }

  it('pages through months, newest first, also where a page ends with a month or among rows of one time', async () => {
    await threeMonths('anna');
    for (const limit of [1, 2, 3, 100]) {
      const found: unknown[] = [];
      let cursor = '';
      do {
        const body = await get(`/v1/students/anna/log?limit=${limit}${cursor}`);
        found.push(...body.rows.map((row) => row['page']));
        cursor = body.cursor === undefined ? '' : `&cursor=${body.cursor}`;
      } while (cursor !== '');
      expect(found).toEqual([12, 2, 11, 1, 10, 0]);
    }
  });

  it('keeps to the range that is asked for', async () => {
    await threeMonths('anna');
    const { rows } = await get('/v1/students/anna/log?from=2026-01-31&to=2026-03-15');
    expect(rows.map((row) => row['page'])).toEqual([11, 1, 10, 0]);
  });

  it('takes a cursor for the question that it was given to, and for no other', async () => {
    await threeMonths('anna');
    await threeMonths('ben');
    const { cursor } = await get('/v1/students/anna/log?limit=1&from=2026-01-01&to=2026-04-01');
    await get(`/v1/students/anna/log?cursor=${cursor}`);
    for (const path of ['ben/log?', 'anna/sessions?', 'anna/log?from=2026-02-01&to=2026-04-01&', 'anna/chapters?']) {
      expect((await get(`/v1/students/${path}cursor=${cursor}`, 400)).detail).toMatch(/page before/);
    }
    expect((await get(`/v1/students/anna/log?cursor=${cursor?.slice(3)}`, 400)).detail).toMatch(/page before/);
  });

  it('knows no student of whom nothing was read', async () => {
    for (const what of ['log', 'sessions', 'chapters']) {
      expect((await get(`/v1/students/nobody/${what}`, 404)).detail).toContain('No page read by "nobody"');
    }
  });

  it('gives the students of a chapter by score, whichever buckets they are in, best first', async () => {
    for (let i = 0; i < 40; i++) await chapter(`student-${i}`, 'c', i % 7);
    await chapter('without-score', 'c', null);
    await chapter('student-1', 'other', 9);
    const expected = Array.from({ length: 40 }, (_, i) => ({ student: `student-${i}`, score: i % 7 })).sort(
      (a, b) => b.score - a.score || (a.student < b.student ? 1 : -1),
    );
    const found: object[] = [];
    let cursor = '';
    do {
      const body = await get(`/v1/chapters/by-score?chapter=c&limit=4${cursor}`);
      found.push(...body.rows.map((row) => ({ student: row['student_id'], score: row['score'] })));
      cursor = body.cursor === undefined ? '' : `&cursor=${body.cursor}`;
    } while (cursor !== '');
    expect(found).toEqual(expected);
    const { rows } = await get('/v1/chapters/by-score?chapter=c&min=3&max=4&limit=1000');
    expect(rows).toHaveLength(expected.filter(({ score }) => score === 3 || score === 4).length);
  });

  it('gives the chapters of a student by score', async () => {
    await chapter('anna', 'a', 1);
    await chapter('anna', 'b', 3);
    await chapter('anna', 'c', null);
    await chapter('anna', 'd', 3);
    const first = await get('/v1/chapters/by-score?student=anna&limit=2');
    expect(first.rows.map((row) => row['chapter_id'])).toEqual(['b', 'd']);
    const { rows } = await get(`/v1/chapters/by-score?student=anna&limit=2&cursor=${first.cursor}`);
    expect(rows.map((row) => row['chapter_id'])).toEqual(['a']);
  });

  it.each([
    ['/v1/students/anna/log?to=2020-01-01&from=2021-01-01', 'later than "from"'],
    ['/v1/students/anna/log?from=2000-01-01&to=2010-01-01', 'more than 731 days'],
    ['/v1/students/anna/log?limit=0', 'from 1 to 1000'],
    ['/v1/students/anna/log?month=1', 'Known ones: from, to, limit, cursor'],
    ['/v1/students/anna/log?from=1&from=2', 'given once'],
    [`/v1/students/${'x'.repeat(201)}/log`, 'at most 200 characters'],
    ['/v1/chapters/by-score?chapter=a&student=b', 'Give either "chapter"'],
    ['/v1/chapters/by-score?chapter=a&max=', '"" is no number'],
  ])('refuses %s', async (path, detail) => {
    await threeMonths('anna');
    expect((await get(path, 400)).detail).toContain(detail);
  });
});
