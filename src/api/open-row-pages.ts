import { TransientError } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { EntryRef, EntryWrite, StateStore } from '../core/ports/state-store.port';
import { decodeKey } from '../core/row/key';
import type { Row } from '../core/row/row';
import { compareWindows } from '../core/row/row-identity';
import { segmentWindow } from '../core/task/pane';
import {
  type CommittedState,
  type StartRange,
  type StoredPanes,
  type StoredRows,
  storedRows,
  type StoredSlices,
  type StoredSpans,
} from '../core/task/stored-rows';
import { taskName, type TaskId } from '../core/task/task-id';
import type { Window } from '../core/windows/window';
import { matchesKey } from './key-match';
import type { OpenPosition } from './row-cursor';
import { SmallestEntries } from './smallest-entries';

/** What is wanted of one task's committed state. */
export interface TaskQuery {
  readonly store: StateStore;
  readonly pipeline: CompiledPipeline;
  readonly task: TaskId;
  readonly state: CommittedState;
  /** Texts of the only keys that are wanted, in order; `undefined` for all that match `key`. */
  readonly keys: readonly string[] | undefined;
  readonly key: ReadonlyMap<string, string>;
  readonly range: StartRange;
  /** How many rows are taken at most. */
  readonly limit: number;
  readonly after: OpenPosition | undefined;
}

export interface OpenRow {
  readonly row: Row;
  /** Where to go on after it. */
  readonly position: OpenPosition;
}

/**
 * Open rows of one task after the position: of panes in order of (window, key text), of the other shapes in order of
 * (key text, window). Memory is bounded by `limit`. Throws TransientError.
 */
export async function* openRowsOf(query: TaskQuery): AsyncGenerator<OpenRow> {
  const stored: StoredRows | undefined = storedRows(query.pipeline, query.state);
  if (stored?.shape === 'panes') yield* openPanes(stored, query);
  if (stored?.shape === 'spans') yield* openSpans(stored, query);
  if (stored?.shape === 'slices') yield* openSlices(stored, query);
}

async function* openPanes(stored: StoredPanes, query: TaskQuery): AsyncGenerator<OpenRow> {
  const { task, range, limit, after } = query;
  const place = after && segmentWindow(after.segment);
  for (const segment of stored.segments(range)) {
    const order = place ? compareWindows(segmentWindow(segment), place) : 1;
    if (order < 0) continue;
    const smallest = new SmallestEntries(limit, order === 0 ? after?.entry : undefined);
    await offerEntries(query, segment, (entries) => smallest.offer(entries));
    for (const entry of smallest.take()) {
      yield { row: stored.row(entry), position: { partition: task.partition, segment, entry: entry.entry } };
    }
  }
}

async function* openSpans(stored: StoredSpans, query: TaskQuery): AsyncGenerator<OpenRow> {
  const { range, limit } = query;
  // Each key that is kept has a row, so that one scan is enough; the key of the position may have none left.
  const smallest = new SmallestEntries(limit + 1, undefined);
  await offerEntries(query, stored.segment, (entries) =>
    smallest.offer(entries.filter((entry) => isNotBefore(entry, query) && stored.rows(entry, range).length > 0)),
  );
  for (const entry of smallest.take()) yield* placed(stored.rows(entry, range), query);
}

/** At most so many entries are loaded at once. */
const MAX_REFS = 2_000;
const NOTHING = new Uint8Array();

async function* openSlices(stored: StoredSlices, query: TaskQuery): AsyncGenerator<OpenRow> {
  const segments = stored.segments(query.range);
  const keysAtOnce = Math.max(1, Math.floor(MAX_REFS / Math.max(1, segments.length)));
  let last: string | undefined;
  for (;;) {
    const smallest = new SmallestEntries(query.limit + 1, last);
    for (const segment of segments) {
      await offerEntries(query, segment, (entries) =>
        smallest.offer(
          entries
            .filter((entry) => isNotBefore(entry, query))
            .map(({ entry }) => ({ segment: '', entry, value: NOTHING })),
        ),
      );
    }
    const keys = smallest.take().map(({ entry }) => entry);
    for (let i = 0; i < keys.length; i += keysAtOnce) {
      for (const rows of await slicedRows(query, keys.slice(i, i + keysAtOnce))) yield* placed(rows, query);
    }
    // Fewer rows than keys come only of windows that closed meanwhile.
    if (keys.length <= query.limit) return;
    last = keys.at(-1);
  }
}

/** A commit takes a fraction of the time between two; so many in a row do not hit one load. */
const MAX_LOADS = 5;

/** Rows of each key, merged from slices of one moment: those between two looks at the task that found the same. */
async function slicedRows(query: TaskQuery, keys: readonly string[]): Promise<readonly (readonly Row[])[]> {
  const { store, pipeline, task, range } = query;
  let { state } = query;
  for (let loads = 0; loads < MAX_LOADS; loads++) {
    const stored = storedRows(pipeline, state) as StoredSlices;
    const segments = stored.segments(range);
    const entries = await loaded(
      query,
      keys.flatMap((entry) => segments.map((segment) => ({ segment, entry }))),
    );
    const now = await store.peek(task);
    if (!now) return [];
    if (isSame(now, state)) {
      const byKey = Map.groupBy(entries, ({ entry }) => entry);
      return keys.map((key) => stored.rows(key, byKey.get(key) ?? [], range));
    }
    state = now;
  }
  throw new TransientError(
    `the state of ${taskName(task)} changes faster than ${keys.length} keys can be read: ask for fewer rows`,
  );
}

function isSame(a: CommittedState, b: CommittedState): boolean {
  const [x, y] = [a.progress, b.progress];
  const hasMoved = x.nextOffset !== y.nextOffset || x.watermarkMs !== y.watermarkMs || x.closedMs !== y.closedMs;
  return !hasMoved && a.generation === b.generation;
}

function* placed(rows: readonly Row[], { task, after }: TaskQuery): Generator<OpenRow> {
  for (const row of rows) {
    const window = row.window!;
    if (after?.entry === row.keyText && compareWindows(window, windowIn(after.segment)) <= 0) continue;
    yield { row, position: { partition: task.partition, segment: windowText(window), entry: row.keyText } };
  }
}

function windowText({ startMs, endMs, index = 0 }: Window): string {
  return `${startMs}:${endMs}:${index}`;
}

/** A text that {@link windowText} has not made compares as no window, so that the key begins anew. */
function windowIn(text: string): Window {
  const [startMs = NaN, endMs = NaN, index = NaN] = text.split(':').map(Number);
  return { startMs, endMs, index, zone: 'UTC' };
}

function isNotBefore({ entry }: EntryWrite, { after }: TaskQuery): boolean {
  return after === undefined || entry >= after.entry;
}

async function offerEntries(
  query: TaskQuery,
  segment: string,
  offer: (entries: readonly EntryWrite[]) => void,
): Promise<void> {
  const { store, task, keys, key, pipeline } = query;
  if (keys) {
    return offer(
      await loaded(
        query,
        keys.map((entry) => ({ segment, entry })),
      ),
    );
  }
  for await (const entries of store.scan(task, segment)) {
    offer(
      key.size === 0 ? entries : entries.filter(({ entry }) => matchesKey(decodeKey(entry, pipeline.keyNames), key)),
    );
  }
}

/** Those of the entries that are there. */
async function loaded({ store, task }: TaskQuery, refs: readonly EntryRef[]): Promise<readonly EntryWrite[]> {
  const values = refs.length > 0 ? await store.load(task, refs) : [];
  return refs.flatMap((ref, i) => (values[i] ? [{ ...ref, value: values[i] }] : []));
}
