import type { ApiResponseSchemaHost } from '@nestjs/swagger';
import { integer, listOf, object, text } from '../api/schemas';

type Schema = ApiResponseSchemaHost['schema'];

const time: Schema = { type: 'string', format: 'date-time' };
const number: Schema = { type: 'number' };
const nullable = (schema: Schema): Schema => ({ ...schema, nullable: true });
const wordCounts = listOf(object({ word: text, count: integer }));

const pageOf = (row: Schema): Schema =>
  object({ student_id: text, rows: listOf(row), cursor: text }, ['student_id', 'rows']);

export const LOG_SCHEMA = pageOf(
  object({
    ...{ at: time, session_id: text, chapter_id: text, page: integer, words_read: integer },
    ...{ duration: nullable(number), score: nullable(number) },
    mistakes: { type: 'object', additionalProperties: integer, description: 'Word to attempts' },
    device: nullable(object({ type: nullable(text), os: nullable(text) })),
  }),
);

export const SESSIONS_SCHEMA = pageOf(
  object({
    ...{ start: time, end: time, total_words: nullable(integer), pages: integer, accuracy: nullable(number) },
    ...{ words_by_chapter: nullable(wordCounts), details: { type: 'object' } },
  }),
);

export const CHAPTERS_SCHEMA = pageOf(
  object({
    ...{ chapter_id: text, score: nullable(number), duration: nullable(number), pages: integer, last_read: time },
    extra_data: { type: 'object' },
  }),
);

export const SCORES_SCHEMA = object(
  {
    rows: listOf(object({ chapter_id: text, student_id: text, score: number, duration: nullable(number) })),
    cursor: text,
  },
  ['rows'],
);
