import type { JsonPrimitive, JsonValue } from '../core/json';
import type { TableRow } from '../core/ports/partition-reader.port';
import { cellText } from '../core/row/partition-rows';
import { timeOf } from './monthly-pages';

/** One page that a student read. */
export interface LogEntry {
  readonly at: string;
  readonly session_id: string;
  readonly chapter_id: string;
  readonly page: JsonValue;
  readonly words_read: JsonValue;
  readonly duration: JsonValue;
  readonly score: JsonValue;
  /** Word to attempts. */
  readonly mistakes: JsonValue;
  readonly device: JsonValue;
}

export function logEntry(row: TableRow): LogEntry {
  const { session_id, chapter_id, page, words_read, duration, score, mistakes, device } = cells(row);
  return { at: isoTime(row['at']), session_id, chapter_id, page, words_read, duration, score, mistakes, device };
}

export interface ChapterPerformance {
  readonly chapter_id: string;
  readonly score: number | null;
  /** Seconds, as events give them. */
  readonly duration: JsonValue;
  readonly pages: JsonValue;
  readonly last_read: string;
  readonly extra_data: JsonValue;
}

export function chapterPerformance(row: TableRow): ChapterPerformance {
  const { chapter_id, duration, pages, extra_data } = cells(row);
  const score = row['score'] ?? null;
  return {
    ...{ chapter_id, score: score === null ? null : Number(score), duration, pages },
    ...{ last_read: isoTime(row['last_read']), extra_data: parsed(extra_data) },
  };
}

/** A student's place among those who read a chapter. */
export interface ChapterScore {
  readonly chapter_id: string;
  readonly student_id: string;
  readonly score: number;
  readonly duration: JsonValue;
}

export function chapterScore(row: TableRow): ChapterScore {
  const { chapter_id, student_id, duration } = cells(row);
  return { chapter_id, student_id, score: Number(row['score']), duration };
}

export interface StudentSession {
  /** Times of the first and of the last page. */
  readonly start: string;
  readonly end: string;
  readonly total_words: JsonValue;
  readonly pages: JsonValue;
  /** Share of words without a mistake; null without words. */
  readonly accuracy: JsonValue;
  readonly words_by_chapter: JsonValue;
  readonly details: JsonValue;
}

export function studentSession(row: TableRow): StudentSession {
  const { total_words, pages, accuracy, words_by_chapter, details } = cells(row);
  return {
    ...{ start: isoTime(row['start']), end: isoTime(row['end']), total_words, pages, accuracy, words_by_chapter },
    details: parsed(details),
  };
}

/** Every column is there: null where the table has none. */
function cells(row: TableRow): Record<Cell, JsonValue> & Record<Id, string> {
  const found = (names: readonly string[]) => names.map((name) => [name, row[name] ?? null] as const);
  const ids = found(IDS).map(([name, value]) => [name, cellText(value)] as const);
  return Object.fromEntries([...found(CELLS), ...ids]) as Record<Cell, JsonValue> & Record<Id, string>;
}

const IDS = ['session_id', 'chapter_id', 'student_id'] as const;
const CELLS = [
  ...(['page', 'words_read', 'duration', 'score', 'mistakes', 'device'] as const),
  ...(['pages', 'extra_data', 'total_words', 'accuracy', 'words_by_chapter', 'details'] as const),
];
type Id = (typeof IDS)[number];
type Cell = (typeof CELLS)[number];

function isoTime(value: JsonValue | undefined): string {
  return new Date(timeOf(value)).toISOString();
}

/** Columns of JSON are text in Cassandra and what they hold in memory. */
function parsed(value: JsonValue): JsonValue {
  return typeof value === 'string' ? (JSON.parse(value) as JsonValue) : value;
}

export type Position = readonly JsonPrimitive[];
