import type { JsonPrimitive, JsonValue } from '../json';
import type { PartitionQuery, TableRow } from '../ports/partition-reader.port';

type Slice = Pick<PartitionQuery, 'clustering' | 'descending' | 'from' | 'to' | 'after' | 'limit'>;

/** What a query gives of all rows of its partition, in its order: the rule that every reader of partitions follows. */
export function sliceOfPartition(rows: readonly TableRow[], slice: Slice): readonly TableRow[] {
  const { clustering, descending, limit } = slice;
  const direction = descending ? -1 : 1;
  return rows
    .filter((row) => isWithin(row, slice))
    .sort((a, b) => direction * compareTo(clustering, a, (name) => b[name] ?? null))
    .slice(0, limit);
}

function isWithin(row: TableRow, { clustering, descending, from, to, after }: Slice): boolean {
  const [first = ''] = clustering;
  const value = row[first] ?? null;
  if (from !== undefined && compareCells(value, from) < 0) return false;
  if (to !== undefined && compareCells(value, to) >= 0) return false;
  if (!after) return true;
  const order = compareTo(clustering, row, (_, i) => after[i] ?? null);
  return descending ? order < 0 : order > 0;
}

function compareTo(names: readonly string[], row: TableRow, other: (name: string, i: number) => JsonValue): number {
  for (const [i, name] of names.entries()) {
    const order = compareCells(row[name] ?? null, other(name, i));
    if (order !== 0) return order;
  }
  return 0;
}

const utf8 = new TextEncoder();

/** Texts by their UTF-8 bytes, as Cassandra does; a time as text is compared with one in ms as a time. */
export function compareCells(a: JsonValue, b: JsonPrimitive | JsonValue): number {
  if (typeof a === 'number' || typeof b === 'number') return numberOf(a) - numberOf(b);
  const [left, right] = [utf8.encode(cellText(a)), utf8.encode(cellText(b))];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) return left[i]! - right[i]!;
  }
  return left.length - right.length;
}

/** A cell as text; what is no text as JSON. */
export function cellText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function numberOf(value: JsonValue): number {
  return typeof value === 'string' ? Date.parse(value) : Number(value);
}
