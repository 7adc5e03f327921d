import { bucketOf } from '../../../src/core/pipeline/table-functions';
import { SCORE_BUCKETS } from '../../../src/reading/chapters.repository';
import type { FullPartition } from './full-partition';

const wordCounts = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ value: `word-number-${i}`, count: 1_000 + i, sum: 1_000 + i }));

const sharing: string[] = [];
let candidates = 0;

/** The `i`th of the students that share the first bucket of a chapter. */
function inOneBucket(i: number): string {
  while (sharing.length <= i) {
    const student = `student-${candidates++}`;
    if (bucketOf(student, SCORE_BUCKETS) === 0) sharing.push(student);
  }
  return sharing[i]!;
}

/** Rows are of the size that events of the reading platform make. */
export const READING_PARTITIONS: readonly FullPartition[] = [
  {
    pipeline: 'reading-log',
    keyspace: 'reading',
    table: 'reading_log_by_student',
    rows: 20_000,
    row: (i, mark) => ({
      ...{ key: {}, window: undefined, eventTimeMs: Date.UTC(2026, 0, 1) + i * 100_000 },
      values: {
        ...{
          student_id: mark,
          month: '2026-01',
          at_ms: Date.UTC(2026, 0, 1) + i * 100_000,
          session_id: `session-${i >> 4}`,
        },
        ...{ page: i % 300, chapter_id: `chapter-${i % 40}`, words_read: 180, duration: 61.25, score: 80.5 },
        ...{ mistakes: { island: 2, queue: 1 }, device: { type: 'tablet', os: 'Android' } },
      },
    }),
  },
  {
    pipeline: 'reading-chapters',
    keyspace: 'reading',
    table: 'chapter_performance',
    rows: 2_000,
    row: (i, mark) => ({
      ...{ key: { student_id: mark, chapter_id: `book-${i >> 5}-chapter-${i}` }, window: undefined },
      values: {
        score: i / 20,
        duration: 600.5,
        pages: 30,
        last_read: 1_767_607_200_000,
        best_score: 99.5,
        words: 6_000,
        mistakes: 12,
      },
    }),
  },
  {
    pipeline: 'reading-chapters',
    keyspace: 'reading',
    table: 'chapter_performance_by_score',
    rows: 20_000,
    row: (i, mark) => ({
      ...{ key: { student_id: inOneBucket(i), chapter_id: mark }, window: undefined },
      values: { score: (i % 200) / 2, duration: 600.5, pages: 30, last_read: 1, best_score: 1, words: 1, mistakes: 1 },
    }),
  },
  {
    pipeline: 'reading-sessions',
    keyspace: 'reading',
    table: 'student_sessions',
    rows: 1_500,
    row: (i, mark) => ({
      key: { student_id: mark },
      window: {
        startMs: Date.UTC(2026, 0, 1) + i * 1_785_000,
        endMs: Date.UTC(2026, 0, 1) + i * 1_785_000 + 60_000,
        zone: 'UTC',
      },
      values: {
        words: 3_000,
        mistakes: 40,
        pages: 20,
        seconds: 1_700.5,
        chapters: wordCounts(20),
        devices: wordCounts(5),
      },
    }),
  },
  {
    pipeline: 'reading-mistakes',
    keyspace: 'reading',
    table: 'mistakes_by_word',
    rows: 120,
    row: (i, mark) => ({
      key: { chapter_id: mark },
      window: { startMs: Date.UTC(2020, i, 1), endMs: Date.UTC(2020, i + 1, 1), zone: 'UTC' },
      values: { words: wordCounts(10), mistakes: 10_000 },
    }),
  },
];
