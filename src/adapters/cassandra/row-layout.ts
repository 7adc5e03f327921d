import type { JsonPrimitive, JsonValue } from '../../core/json';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import { encodeKey } from '../../core/row/key';
import type { Row } from '../../core/row/row';
import type { Window } from '../../core/windows/window';
import type { CassandraSinkPlan } from './table-check';
import { dateIdentifiesWindow, windowStartingAt, windowStartingOn } from './window-range';

/** Which column holds which part of a row. */
export interface RowLayout {
  readonly sink: CassandraSinkPlan;
  /** In the order of the key's fields. */
  readonly keys: readonly (readonly [field: string, column: string])[];
  readonly start: { readonly column: string; readonly by: 'window.start' | 'window.date' };
  readonly endColumn: string | undefined;
  readonly values: readonly (readonly [aggregate: string, column: string])[];
  /** Without it the revision is the time that the server keeps with each cell. */
  readonly revisionColumn: string | undefined;
}

/** `undefined` when no table of the pipeline holds enough to tell key, window and revision of its rows. */
export function rowLayout(pipeline: CompiledPipeline): RowLayout | undefined {
  for (const sink of pipeline.sinks) {
    const layout = sink.kind === 'cassandra' ? layoutOf(pipeline, sink) : undefined;
    if (layout) return layout;
  }
  return undefined;
}

function layoutOf(pipeline: CompiledPipeline, sink: CassandraSinkPlan): RowLayout | undefined {
  const columns = new Map(Object.entries(sink.columns).map(([column, { text }]) => [text.trim(), column]));
  const named = (names: readonly string[], prefix = '') =>
    names.flatMap((name): [string, string][] => {
      const column = columns.get(prefix + name);
      return column === undefined ? [] : [[name, column]];
    });
  const keys = named(pipeline.keyNames, 'key.');
  const startColumn = columns.get('window.start');
  const { windows } = pipeline;
  if (!windows) return undefined;
  const dateColumn = dateIdentifiesWindow(windows) ? columns.get('window.date') : undefined;
  const versioned = Object.values(sink.columns).some(({ identifiesRow }) => !identifiesRow);
  if (keys.length !== pipeline.keyNames.length || !versioned) return undefined;
  if (startColumn === undefined && dateColumn === undefined) return undefined;
  return {
    sink,
    keys,
    start:
      startColumn === undefined
        ? { column: dateColumn ?? '', by: 'window.date' }
        : { column: startColumn, by: 'window.start' },
    endColumn: columns.get('window.end'),
    values: named(pipeline.aggregates.map(({ name }) => name)),
    revisionColumn: columns.get('revision'),
  };
}

/** A stored row: its columns as JSON values, and the newest time that the server keeps with one of its cells. */
export interface StoredRow {
  readonly column: (name: string) => JsonValue;
  readonly writeTime: bigint;
}

/**
 * The row that was stored, or `undefined` if its window is not one of the pipeline's, as after a change of the
 * definition. Only the aggregates that have a column of their own are among its values.
 */
export function rebuildRow(pipeline: CompiledPipeline, layout: RowLayout, stored: StoredRow): Row | undefined {
  const window = rebuildWindow(pipeline, layout, stored);
  if (!window) return undefined;
  const key = layout.keys.map(([field, column]) => [field, stored.column(column) as JsonPrimitive] as const);
  const revision =
    layout.revisionColumn === undefined
      ? stored.writeTime
      : BigInt((stored.column(layout.revisionColumn) ?? 0) as string | number);
  return {
    pipeline: pipeline.name,
    key: Object.fromEntries(key),
    keyText: encodeKey(key.map(([, value]) => value)),
    window,
    values: Object.fromEntries(layout.values.map(([aggregate, column]) => [aggregate, stored.column(column)])),
    revision,
    final: revision % 2n === 1n,
  };
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

function rebuildWindow({ windows }: CompiledPipeline, layout: RowLayout, stored: StoredRow): Window | undefined {
  if (!windows) return undefined;
  const start = stored.column(layout.start.column);
  if (layout.start.by === 'window.start') {
    const end = layout.endColumn === undefined ? null : stored.column(layout.endColumn);
    return windowStartingAt(windows, instantMs(start), end === null ? undefined : instantMs(end));
  }
  const [, year, month, day] = (DATE.exec(typeof start === 'string' ? start : '') ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  return windowStartingOn(windows, { year, month, day });
}

/** Columns of type timestamp come as ISO 8601 text, of type bigint as epoch ms. */
function instantMs(value: JsonValue): number {
  return typeof value === 'string' ? Date.parse(value) : Number(value);
}
