import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiBadRequestResponse, ApiOkResponse, ApiOperation, ApiQuery, ApiTags } from '@nestjs/swagger';
import { badParameter } from '../api/problem-details';
import { limitOf, PAGE_LIMIT } from '../api/row-parameters';
import { PROBLEM_SCHEMA } from '../api/schemas';
import { ChaptersRepository, type ScoreRange } from './chapters.repository';
import { decodeCursor, encodeCursor } from './page-cursor';
import { numberOf, singleTexts } from './reading-parameters';
import { SCORES_SCHEMA } from './reading-schemas';
import type { ChapterScore } from './reading-tables';
import { StudentsRepository } from './students.repository';

interface ScoresBody {
  readonly rows: readonly ChapterScore[];
  readonly cursor?: string;
}

@ApiTags('reading')
@Controller('v1/chapters')
export class ChaptersController {
  constructor(
    private readonly chapters: ChaptersRepository,
    private readonly students: StudentsRepository,
  ) {}

  @Get('by-score')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Scores, best first: of the students of a chapter, or of the chapters of a student',
    description: 'A row whose score changes between two pages may come twice or not at all.',
  })
  @ApiQuery({ name: 'chapter', required: false, description: 'Either this or student' })
  @ApiQuery({ name: 'student', required: false, description: 'Either this or chapter' })
  @ApiQuery({ name: 'min', required: false, description: 'Least score, included' })
  @ApiQuery({ name: 'max', required: false, description: 'Greatest score, included' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 1000 (default 100)' })
  @ApiQuery({ name: 'cursor', required: false, description: 'From the page before' })
  @ApiOkResponse({ schema: SCORES_SCHEMA })
  @ApiBadRequestResponse({ schema: PROBLEM_SCHEMA })
  async byScore(@Query() query: Record<string, unknown>): Promise<ScoresBody> {
    const texts = singleTexts(query, ['chapter', 'student', 'min', 'max', 'limit', 'cursor']);
    const [chapter, student] = [texts.get('chapter'), texts.get('student')];
    const [min, max] = [numberOf('min', texts.get('min')), numberOf('max', texts.get('max'))];
    const range = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
    const limit = limitOf(texts.get('limit'), PAGE_LIMIT);
    if ((chapter === undefined) === (student === undefined)) {
      throw badParameter('chapter', 'Give either "chapter" for its students, or "student" for the chapters of one.');
    }
    const of = `scores ${JSON.stringify([chapter, student, min, max])}`;
    const cursor = texts.get('cursor');
    const after = cursor === undefined ? {} : { after: decodeCursor(cursor, of).after };
    const page =
      chapter === undefined
        ? await this.ofStudent(student!, { ...range, limit, ...after })
        : await this.chapters.byScore({ chapter, ...range, limit, ...after });
    return { rows: page.rows, ...(page.next && { cursor: encodeCursor({ of, after: page.next }) }) };
  }

  /** One partition holds the chapters of a student: they are sorted here. The cursor counts. */
  private async ofStudent(student: string, { min, max, after, limit }: Omit<ScoreRange, 'chapter'>) {
    const all = await this.students.allChapters(student);
    const rows = all
      .flatMap(({ chapter_id, score, duration }): ChapterScore[] =>
        score === null ? [] : [{ chapter_id, student_id: student, score, duration }],
      )
      .filter(({ score }) => score >= (min ?? -Infinity) && score <= (max ?? Infinity))
      .sort((a, b) => b.score - a.score || (a.chapter_id < b.chapter_id ? -1 : 1));
    const from = Number(after?.[0] ?? 0);
    const end = from + limit;
    return { rows: rows.slice(from, end), ...(end < rows.length && { next: [end] as const }) };
  }
}
