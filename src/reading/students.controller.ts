import { Controller, Get, Header, HttpStatus, Param, Query } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { badParameter, ProblemException, problemType } from '../api/problem-details';
import { PROBLEM_SCHEMA } from '../api/schemas';
import { decodeCursor, encodeCursor } from './page-cursor';
import { type PageParameters, pageParameters, rangeOf, singleTexts } from './reading-parameters';
import { CHAPTERS_SCHEMA, LOG_SCHEMA, SESSIONS_SCHEMA } from './reading-schemas';
import type { ChapterPerformance, LogEntry, StudentSession } from './reading-tables';
import { type Page, type StudentRange, StudentsRepository } from './students.repository';

interface StudentBody<T> {
  readonly student_id: string;
  readonly rows: readonly T[];
  readonly cursor?: string;
}

const LONGEST_ID = 200;
const FORTY_DAYS_MS = 40 * 86_400_000;

@ApiTags('reading')
@Controller('v1/students')
export class StudentsController {
  constructor(private readonly students: StudentsRepository) {}

  @Get(':id/log')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Pages that a student read, newest first' })
  @ApiQuery({ name: 'from', required: false, description: 'ISO 8601 or epoch ms; by default a year before "to"' })
  @ApiQuery({ name: 'to', required: false, description: 'ISO 8601 or epoch ms; at most 731 days after "from"' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 1000 (default 100)' })
  @ApiQuery({ name: 'cursor', required: false, description: 'From the page before' })
  @ApiOkResponse({ schema: LOG_SCHEMA })
  @ApiBadRequestResponse({ schema: PROBLEM_SCHEMA })
  @ApiNotFoundResponse({ schema: PROBLEM_SCHEMA })
  log(@Param('id') id: string, @Query() query: Record<string, unknown>): Promise<StudentBody<LogEntry>> {
    return this.ranged('log', id, query, (range) => this.students.log(range));
  }

  @Get(':id/sessions')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'Sessions of reading by their start, newest first' })
  @ApiQuery({ name: 'from', required: false, description: 'ISO 8601 or epoch ms; by default a year before "to"' })
  @ApiQuery({ name: 'to', required: false, description: 'ISO 8601 or epoch ms; at most 731 days after "from"' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 1000 (default 100)' })
  @ApiQuery({ name: 'cursor', required: false, description: 'From the page before' })
  @ApiOkResponse({ schema: SESSIONS_SCHEMA })
  @ApiBadRequestResponse({ schema: PROBLEM_SCHEMA })
  @ApiNotFoundResponse({ schema: PROBLEM_SCHEMA })
  sessions(@Param('id') id: string, @Query() query: Record<string, unknown>): Promise<StudentBody<StudentSession>> {
    return this.ranged('sessions', id, query, (range) => this.students.sessions(range));
  }

  @Get(':id/chapters')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'How a student does in each chapter' })
  @ApiQuery({ name: 'limit', required: false, description: '1 to 1000 (default 100)' })
  @ApiQuery({ name: 'cursor', required: false, description: 'From the page before' })
  @ApiOkResponse({ schema: CHAPTERS_SCHEMA })
  @ApiBadRequestResponse({ schema: PROBLEM_SCHEMA })
  @ApiNotFoundResponse({ schema: PROBLEM_SCHEMA })
  async chapters(
    @Param('id') id: string,
    @Query() query: Record<string, unknown>,
  ): Promise<StudentBody<ChapterPerformance>> {
    const student = checkedId(id);
    const { limit, cursor } = pageParameters(singleTexts(query, ['limit', 'cursor']));
    const of = `chapters ${student}`;
    const after = cursor === undefined ? undefined : decodeCursor(cursor, of).after;
    const page = await this.students.chapters({ student, limit, ...(after && { after }) });
    if (page.rows.length === 0 && !after) throw unknownStudent(student);
    return bodyOf(student, page, { of });
  }

  private async ranged<T>(
    what: string,
    id: string,
    query: Readonly<Record<string, unknown>>,
    read: (range: StudentRange) => Promise<Page<T>>,
  ): Promise<StudentBody<T>> {
    const student = checkedId(id);
    const given = pageParameters(singleTexts(query, ['from', 'to', 'limit', 'cursor']));
    const of = `${what} ${student}`;
    const cursor = given.cursor === undefined ? undefined : decodeCursor(given.cursor, of);
    const range = cursor ? rangeAgain(given, cursor) : rangeOf(given, await this.newestMs(student));
    const page = await read({ student, ...range, limit: given.limit, ...(cursor && { after: cursor.after }) });
    return bodyOf(student, page, { of, ...range });
  }

  /** No page of the student is later; the table of chapters may be a little behind that of pages. */
  private async newestMs(student: string): Promise<number> {
    const lastReadMs = await this.students.lastReadMs(student);
    if (lastReadMs === undefined) throw unknownStudent(student);
    return lastReadMs + FORTY_DAYS_MS;
  }
}

function rangeAgain(
  given: PageParameters,
  { fromMs = 0, toMs = 0 }: { readonly fromMs?: number | undefined; readonly toMs?: number | undefined },
): { fromMs: number; toMs: number } {
  const isSame = (given.fromMs ?? fromMs) === fromMs && (given.toMs ?? toMs) === toMs;
  if (isSame) return rangeOf({ fromMs, toMs }, toMs);
  throw badParameter('cursor', 'It belongs to another range: give the "from" and "to" of the page before, or neither.');
}

function checkedId(id: string): string {
  if (id.length <= LONGEST_ID) return id;
  throw badParameter('id', `A student's id has at most ${LONGEST_ID} characters.`);
}

function bodyOf<T>(
  student: string,
  { rows, next }: Page<T>,
  question: { readonly of: string; readonly fromMs?: number; readonly toMs?: number },
): StudentBody<T> {
  return { student_id: student, rows, ...(next && { cursor: encodeCursor({ ...question, after: next }) }) };
}

function unknownStudent(student: string): ProblemException {
  return new ProblemException({
    type: problemType('unknown-student'),
    title: 'There is no such student',
    status: HttpStatus.NOT_FOUND,
    detail: `No page read by "${student}" has been processed. Ids are case-sensitive; new events take about a second.`,
  });
}
