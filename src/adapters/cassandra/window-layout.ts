import type { JsonValue } from '../../core/json';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import type { KeyFields } from '../../core/row/row';
import { isIanaZone } from '../../core/time/zone-name';
import type { Window, WindowAssigner } from '../../core/windows/window';
import type { StoredRow } from './stored-row';
import { dateIdentifiesWindow, windowEndingAt, windowStartingAt, windowStartingOn } from './window-range';

/**
 * Which columns hold a row's window.
 *
 * `placed`: the definition says where windows lie, so one bound or the date is enough to find the window again.
 * `written`: only the records of a key tell (session, sliding, count), or a zone that the key does not show; everything
 * has to be in columns, and the zone of a window whose zone is not known reads `UTC`.
 */
export type WindowLayout =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'placed';
      readonly column: string;
      readonly by: 'window.start' | 'window.end' | 'window.date';
      /** Tells windows with one start apart. */
      readonly endColumn: string | undefined;
    }
  | {
      readonly kind: 'written';
      readonly startColumn: string | undefined;
      readonly endColumn: string | undefined;
      readonly indexColumn: string | undefined;
      /** `end - start` where it is the same for all windows: one of the two columns is enough. */
      readonly lengthMs: number | undefined;
    };

/** Columns by the text of their expression. */
type Columns = ReadonlyMap<string, string>;

/** Either the layout, or what no column holds. */
export function windowLayout(pipeline: CompiledPipeline, columns: Columns): WindowLayout | { missing: string[] } {
  const { window } = pipeline.definition.spec;
  if (!window || window.kind === 'global') return { kind: 'none' };
  const assigner = assignerOf(pipeline);
  if (assigner) return placedLayout(assigner, window.kind === 'cumulative', columns);
  if (window.kind === 'sliding') return writtenLayout(columns, { lengthMs: window.size });
  return writtenLayout(columns, { isCounted: window.kind === 'count' });
}

/**
 * Where the windows of a key lie; `undefined` when only its records tell. Without a key, where those of any key lie:
 * a zone that each key has of its own is then taken to be UTC.
 */
export function assignerOf({ windows, definition, keyNames }: CompiledPipeline, key?: KeyFields) {
  const { window } = definition.spec;
  if (!windows || window?.kind !== 'calendar' || window.zoneField === undefined) return windows;
  if (!keyNames.includes(window.zoneField)) return undefined;
  const zone = key ? key[window.zoneField] : 'UTC';
  return typeof zone === 'string' && isIanaZone(zone) ? inZone(windows, zone) : NOWHERE;
}

/** No row has a key without a zone. */
const NOWHERE: WindowAssigner = { assign: () => [] };

function inZone(windows: WindowAssigner, zone: string): WindowAssigner {
  return { assign: (eventTimeMs) => windows.assign(eventTimeMs, zone) };
}

function placedLayout(
  assigner: WindowAssigner,
  sharesStarts: boolean,
  columns: Columns,
): ReturnType<typeof windowLayout> {
  const [start, end] = [columns.get('window.start'), columns.get('window.end')];
  const date = dateIdentifiesWindow(assigner) ? columns.get('window.date') : undefined;
  if (start !== undefined && (!sharesStarts || end !== undefined)) {
    return { kind: 'placed', column: start, by: 'window.start', endColumn: end };
  }
  if (end !== undefined) return { kind: 'placed', column: end, by: 'window.end', endColumn: undefined };
  if (date !== undefined) return { kind: 'placed', column: date, by: 'window.date', endColumn: undefined };
  return { missing: [sharesStarts ? 'window.end' : 'window.start'] };
}

function writtenLayout(
  columns: Columns,
  { isCounted = false, lengthMs }: { readonly isCounted?: boolean; readonly lengthMs?: number },
): ReturnType<typeof windowLayout> {
  const [startColumn, endColumn, indexColumn] = ['start', 'end', 'index'].map((name) => columns.get(`window.${name}`));
  const needed = lengthMs === undefined || (startColumn ?? endColumn) === undefined;
  const missing = [
    ...(needed && startColumn === undefined ? ['window.start'] : []),
    ...(lengthMs === undefined && endColumn === undefined ? ['window.end'] : []),
    ...(isCounted && indexColumn === undefined ? ['window.index'] : []),
  ];
  if (missing.length > 0) return { missing };
  return { kind: 'written', startColumn, endColumn, indexColumn: isCounted ? indexColumn : undefined, lengthMs };
}

/** The window of a stored row; `missing` if it is none of the pipeline's, as after a change of the definition. */
export function rebuildWindow(
  pipeline: CompiledPipeline,
  layout: WindowLayout,
  { stored, key }: { readonly stored: StoredRow; readonly key: KeyFields },
): Window | undefined | 'missing' {
  switch (layout.kind) {
    case 'none':
      return undefined;
    case 'placed':
      return placedWindow(assignerOf(pipeline, key) ?? NOWHERE, layout, stored) ?? 'missing';
    case 'written':
      return writtenWindow(layout, stored) ?? 'missing';
  }
}

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

function placedWindow(
  assigner: WindowAssigner,
  { column, by, endColumn }: WindowLayout & { kind: 'placed' },
  stored: StoredRow,
): Window | undefined {
  const value = stored.column(column);
  if (by === 'window.start') {
    const end = endColumn === undefined ? null : stored.column(endColumn);
    return windowStartingAt(assigner, instantMs(value), end === null ? undefined : instantMs(end));
  }
  if (by === 'window.end') return windowEndingAt(assigner, instantMs(value));
  const [, year, month, day] = (DATE.exec(typeof value === 'string' ? value : '') ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  return windowStartingOn(assigner, { year, month, day });
}

function writtenWindow(
  { startColumn, endColumn, indexColumn, lengthMs = 0 }: WindowLayout & { kind: 'written' },
  stored: StoredRow,
): Window | undefined {
  const read = (column: string | undefined): number | undefined => {
    const value = column === undefined ? null : stored.column(column);
    return value === null ? undefined : instantMs(value);
  };
  const [start, end, index] = [read(startColumn), read(endColumn), read(indexColumn)];
  const startMs = start ?? (end === undefined ? NaN : end - lengthMs);
  const endMs = end ?? startMs + lengthMs;
  if (Number.isNaN(startMs + endMs) || (indexColumn !== undefined && index === undefined)) return undefined;
  return { startMs, endMs, zone: 'UTC', ...(index !== undefined && { index }) };
}

/** Columns of type timestamp come as ISO 8601 text, of type bigint as epoch ms. */
function instantMs(value: JsonValue): number {
  return typeof value === 'string' ? Date.parse(value) : Number(value);
}
