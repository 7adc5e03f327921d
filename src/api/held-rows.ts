import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { EntryWrite, StateStore } from '../core/ports/state-store.port';
import type { Row } from '../core/row/row';
import { type NewestRows, rowIdentity } from '../core/row/row-identity';
import { segmentWindow } from '../core/task/pane';
import {
  type StartRange,
  type StoredPanes,
  storedRows,
  type StoredSlices,
  type StoredSpans,
} from '../core/task/stored-rows';
import type { CommittedTask } from './committed-tasks';

/** Which of some rows of a table one task's committed state has as new. */
interface Held {
  /** Zones by identity of the row as the table knows it: a table may not show them. */
  readonly zones: Map<string, string>;
  /** Identities of rows of which state has a version at least as new, or a deletion. */
  readonly rows: Set<string>;
}

export interface RowsReading {
  readonly pipeline: CompiledPipeline;
  readonly tasks: readonly CommittedTask[];
  /** What the page has by now. */
  readonly given: NewestRows;
}

/**
 * Those of a table's rows of which committed state holds no version as new, and no deletion; with the zone of their
 * window where only state knows it. And those of which the page has a version: state may have become as new as the
 * table only after the page read it. Throws TransientError.
 */
export async function rowsNotGiven(
  store: StateStore,
  { pipeline, tasks, given }: RowsReading,
  rows: readonly Row[],
): Promise<readonly Row[]> {
  const held: Held = { zones: new Map(), rows: new Set() };
  for (const { task, checkpoint } of tasks) {
    const load = async (refs: readonly Omit<EntryWrite, 'value'>[]): Promise<readonly EntryWrite[]> => {
      const values = refs.length > 0 ? await store.load(task, refs) : [];
      return refs.flatMap((ref, i) => (values[i] ? [{ ...ref, value: values[i] }] : []));
    };
    const stored = storedRows(pipeline, checkpoint);
    if (stored?.shape === 'panes') await panesHolding(stored, rows, { load, held });
    if (stored?.shape === 'slices') await slicesHolding(stored, rows, { load, held });
    if (stored?.shape === 'spans') await spansHolding(stored, rows, { load, held });
  }
  const isHeld = (row: Row): boolean => held.rows.has(rowIdentity(row));
  return rows
    .map((row) => ({ row, zoned: inZone(row, held.zones.get(rowIdentity(row))) }))
    .filter(({ row, zoned }) => !isHeld(row) || given.has(zoned))
    .map(({ zoned }) => zoned);
}

interface Search {
  readonly load: (refs: readonly Omit<EntryWrite, 'value'>[]) => Promise<readonly EntryWrite[]>;
  readonly held: Held;
}

async function panesHolding(stored: StoredPanes, rows: readonly Row[], { load, held }: Search): Promise<void> {
  const wanted = rows.flatMap((row) => stored.segmentsOf(row).map((segment) => ({ row, segment })));
  const refs = wanted.map(({ row, segment }) => ({ segment, entry: row.keyText }));
  const entries = new Map((await load(refs)).map((entry) => [`${entry.segment}\n${entry.entry}`, entry]));
  for (const { row, segment } of wanted) {
    const entry = entries.get(`${segment}\n${row.keyText}`);
    if (!entry) continue;
    held.zones.set(rowIdentity(row), segmentWindow(segment).zone);
    if (stored.row(entry).revision >= row.revision) held.rows.add(rowIdentity(row));
  }
}

const EVERY_START: StartRange = { fromMs: -Infinity, toMs: Infinity };

async function slicesHolding(stored: StoredSlices, rows: readonly Row[], { load, held }: Search): Promise<void> {
  const open = rows.filter(({ window }) => window !== undefined && stored.isThere(window));
  if (open.length === 0) return;
  const starts = open.map(({ window }) => window!.startMs);
  const range = { fromMs: Math.min(...starts), toMs: Math.max(...starts) + 1 };
  const segments = stored.segments(range);
  const keys = [...new Set(open.map(({ keyText }) => keyText))];
  for (const entry of keys) {
    const entries = await load(segments.map((segment) => ({ segment, entry })));
    holdVersions(held, rows, stored.rows(entry, entries, range));
  }
}

async function spansHolding(stored: StoredSpans, rows: readonly Row[], { load, held }: Search): Promise<void> {
  const keys = [...new Set(rows.map(({ keyText }) => keyText))];
  for (const entry of await load(keys.map((key) => ({ segment: stored.segment, entry: key })))) {
    holdVersions(held, rows, [...stored.rows(entry, EVERY_START), ...stored.deleted(entry)]);
  }
}

function holdVersions(held: Held, rows: readonly Row[], versions: readonly Row[]): void {
  const revisions = new Map(versions.map((row) => [rowIdentity(row), row.revision]));
  for (const row of rows) {
    const revision = revisions.get(rowIdentity(row));
    if (revision !== undefined && revision >= row.revision) held.rows.add(rowIdentity(row));
  }
}

function inZone(row: Row, zone: string | undefined): Row {
  return row.window && zone !== undefined ? { ...row, window: { ...row.window, zone } } : row;
}
