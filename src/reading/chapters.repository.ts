import { Inject, Injectable } from '@nestjs/common';
import { compareCells } from '../core/row/partition-rows';
import { type Ports, PORTS } from '../runtime/ports';
import { chapterScore, type ChapterScore, type Position } from './reading-tables';
import type { Page } from './students.repository';

/** Into so many partitions the students of a chapter are spread; `pipelines/reading-chapters.yaml` says the same. */
export const SCORE_BUCKETS = 16;

export interface ScoreRange {
  readonly chapter: string;
  /** Both included. */
  readonly min?: number;
  readonly max?: number;
  readonly after?: Position;
  readonly limit: number;
}

/** What is known of one chapter. Throws TransientError. */
@Injectable()
export class ChaptersRepository {
  constructor(@Inject(PORTS) private readonly ports: Ports) {}

  /**
   * Students by score, best first; of equal scores by student. Merged from all partitions of the chapter, which share one
   * order, so that a place in it is a place in each.
   */
  async byScore({ chapter, min, max, after, limit }: ScoreRange): Promise<Page<ChapterScore>> {
    const query = {
      ...{ table: 'reading.chapter_performance_by_score', clustering: ['score', 'student_id'], descending: true },
      ...(min !== undefined && { from: min }),
      // The least number above: the bound of a query is not included.
      ...(max !== undefined && { to: nextUp(max) }),
      ...(after && { after }),
      limit: limit + 1,
    };
    const buckets = Array.from({ length: SCORE_BUCKETS }, (_, bucket) =>
      this.ports.partitions.read({ ...query, partition: { chapter_id: chapter, bucket } }),
    );
    const rows = (await Promise.all(buckets)).flat().map(chapterScore).sort(byScore);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    return { rows: page, ...(rows.length > limit && last && { next: [last.score, last.student_id] }) };
  }
}

function byScore(a: ChapterScore, b: ChapterScore): number {
  return b.score - a.score || compareCells(b.student_id, a.student_id);
}

/** The least double that is greater. */
function nextUp(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return view.getFloat64(0);
}
