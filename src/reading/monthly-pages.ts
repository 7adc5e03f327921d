import type { JsonPrimitive } from '../core/json';
import type { PartitionReader, TableRow } from '../core/ports/partition-reader.port';

/** A range of a student's rows, newest first; times are epoch ms, `[fromMs, toMs)`. */
export interface MonthlyQuery {
  readonly table: string;
  readonly student: string;
  /** The first is the time by which rows are ordered. */
  readonly clustering: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly after?: readonly JsonPrimitive[];
  readonly limit: number;
}

export interface MonthlyPage {
  readonly rows: readonly TableRow[];
  /** Clustering columns of the last row; present while there may be more. */
  readonly next?: readonly JsonPrimitive[];
}

/** Pages through tables whose partitions are a student and a UTC month: one query for each month that the page needs. */
export async function readMonths(reader: PartitionReader, query: MonthlyQuery): Promise<MonthlyPage> {
  const { table, student, clustering, fromMs, toMs, after, limit } = query;
  const newestMs = after ? Math.min(toMs, timeOf(after[0] ?? null) + 1) : toMs;
  const rows: TableRow[] = [];
  for (const month of monthsDown(newestMs, fromMs)) {
    const partition = { student_id: student, month };
    const range = { from: fromMs, to: toMs, ...(after && { after }) };
    rows.push(
      ...(await reader.read({
        table,
        partition,
        clustering,
        descending: true,
        ...range,
        limit: limit + 1 - rows.length,
      })),
    );
    if (rows.length > limit) break;
  }
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next = clustering.map((name) => (last?.[name] ?? null) as JsonPrimitive);
  return { rows: page, ...(rows.length > limit && { next }) };
}

/** `2026-02`, `2026-01`, ...: the months that `[fromMs, toMs)` touches, the last one first. */
export function monthsDown(toMs: number, fromMs: number): readonly string[] {
  const months: string[] = [];
  const day = new Date(toMs - 1);
  let startMs = Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1);
  for (; ; startMs = monthBefore(startMs)) {
    months.push(new Date(startMs).toISOString().slice(0, 7));
    if (startMs <= fromMs) return months;
  }
}

function monthBefore(startMs: number): number {
  const day = new Date(startMs - 1);
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1);
}

/** Epoch ms of a time as tables give it. */
export function timeOf(value: unknown): number {
  return typeof value === 'string' ? Date.parse(value) : Number(value);
}
