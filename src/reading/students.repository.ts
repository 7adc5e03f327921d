import { Inject, Injectable } from '@nestjs/common';
import type { PartitionReader } from '../core/ports/partition-reader.port';
import { type Ports, PORTS } from '../runtime/ports';
import { CachedPartitions } from './cached-partitions';
import { readMonths, timeOf } from './monthly-pages';
import {
  type ChapterPerformance,
  chapterPerformance,
  type LogEntry,
  logEntry,
  type Position,
  type StudentSession,
  studentSession,
} from './reading-tables';

export interface StudentRange {
  readonly student: string;
  /** Epoch ms, `[fromMs, toMs)`. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly after?: Position;
  readonly limit: number;
}

export interface Page<T> {
  readonly rows: readonly T[];
  /** Present while there may be more. */
  readonly next?: Position;
}

/** More than any catalogue has; see `docs/tables.md`. */
const MOST_CHAPTERS = 10_000;

/** What is known of one student. Throws TransientError. */
@Injectable()
export class StudentsRepository {
  private readonly cached: PartitionReader;

  constructor(@Inject(PORTS) private readonly ports: Ports) {
    this.cached = new CachedPartitions(ports.partitions, ports.cacheStore);
  }

  /** Newest first. Not cached: a log is written more often than read. */
  async log(range: StudentRange): Promise<Page<LogEntry>> {
    const clustering = ['at', 'session_id', 'page'];
    const page = await readMonths(this.ports.partitions, {
      ...range,
      table: 'reading.reading_log_by_student',
      clustering,
    });
    return { ...page, rows: page.rows.map(logEntry) };
  }

  /** Newest first. */
  async sessions(range: StudentRange): Promise<Page<StudentSession>> {
    const page = await readMonths(this.cached, { ...range, table: 'reading.student_sessions', clustering: ['start'] });
    return { ...page, rows: page.rows.map(studentSession) };
  }

  /** By chapter. */
  async chapters({ student, after, limit }: Omit<StudentRange, 'fromMs' | 'toMs'>): Promise<Page<ChapterPerformance>> {
    const rows = await this.cached.read({
      ...{ table: 'reading.chapter_performance', partition: { student_id: student }, clustering: ['chapter_id'] },
      ...{ descending: false, limit: limit + 1, ...(after && { after }) },
    });
    const page = rows.slice(0, limit).map(chapterPerformance);
    const last = page.at(-1);
    return { rows: page, ...(rows.length > limit && last && { next: [last.chapter_id] }) };
  }

  async allChapters(student: string): Promise<readonly ChapterPerformance[]> {
    return (await this.chapters({ student, limit: MOST_CHAPTERS })).rows;
  }

  /** Epoch ms of the newest page that chapters know of; `undefined` for a student that nothing is known of. */
  async lastReadMs(student: string): Promise<number | undefined> {
    const times = (await this.allChapters(student)).map(({ last_read }) => timeOf(last_read));
    return times.length > 0 ? Math.max(...times) : undefined;
  }
}
