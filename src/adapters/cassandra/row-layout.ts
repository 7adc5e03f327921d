import { isCompound } from '../../core/aggregates/compound';
import type { JsonPrimitive, JsonValue } from '../../core/json';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import { encodeKey } from '../../core/row/key';
import type { Row } from '../../core/row/row';
import type { StoredRow } from './stored-row';
import type { CassandraSinkPlan } from './table-check';
import { rebuildWindow, type WindowLayout, windowLayout } from './window-layout';

/** Which column holds which part of a row. */
export interface RowLayout {
  readonly sink: CassandraSinkPlan;
  /** In the order of the key's fields. */
  readonly keys: readonly (readonly [field: string, column: string])[];
  readonly window: WindowLayout;
  /** Values by their name; of a stateless pipeline the fields that have a column of their own. */
  readonly values: readonly (readonly [name: string, column: string])[];
  /** Names of values that a column of text holds as JSON. */
  readonly jsonValues: ReadonlySet<string>;
  /** Without it the revision is the time that the server keeps with each cell. */
  readonly revisionColumn: string | undefined;
}

/**
 * The layout of the first table of the pipeline that holds enough to tell key, window and revision of its rows; else what
 * its tables lack, in words. `undefined` for a pipeline without a table.
 */
export function rowLayout(pipeline: CompiledPipeline): RowLayout | { readonly missing: string } | undefined {
  const answers = pipeline.sinks.flatMap((sink) =>
    // While a row moves, a scan of such a table may meet it twice or not at all.
    sink.kind === 'cassandra' && !sink.moving ? [layoutOf(pipeline, sink)] : [],
  );
  return answers.find((answer) => 'sink' in answer) ?? answers[0];
}

function layoutOf(pipeline: CompiledPipeline, sink: CassandraSinkPlan): RowLayout | { readonly missing: string } {
  const columns = new Map(Object.entries(sink.columns).map(([column, { text }]) => [text.trim(), column]));
  const named = (names: readonly string[], prefix = '') =>
    names.flatMap((name): [string, string][] => {
      const column = columns.get(prefix + name);
      return column === undefined ? [] : [[name, column]];
    });
  const window = windowLayout(pipeline, columns);
  const missing = [
    ...pipeline.keyNames.filter((name) => !columns.has(`key.${name}`)).map((name) => `key.${name}`),
    ...('missing' in window ? window.missing : []),
    ...(hasVersion(pipeline, sink) ? [] : ['an aggregate or revision']),
  ];
  if (missing.length > 0 || 'missing' in window) {
    const table = `${sink.keyspace}.${sink.table}`;
    return { missing: `rows of table ${table} cannot be read back: map a column to ${missing.join(' and one to ')}` };
  }
  return {
    sink,
    keys: named(pipeline.keyNames, 'key.'),
    window,
    values: named(pipeline.keyNames.length > 0 ? pipeline.aggregates.map(({ name }) => name) : fieldsIn(columns)),
    jsonValues: new Set(pipeline.aggregates.filter(({ aggregator }) => isCompound(aggregator)).map(({ name }) => name)),
    revisionColumn: columns.get('revision'),
  };
}

/** Whether some column changes with the row, so that its cells tell when it did. */
function hasVersion({ keyNames }: CompiledPipeline, { columns }: CassandraSinkPlan): boolean {
  return keyNames.length === 0 || Object.values(columns).some(({ identifiesRow }) => !identifiesRow);
}

/** Of a stateless pipeline: the columns that hold one field as it is. */
function fieldsIn(columns: ReadonlyMap<string, string>): readonly string[] {
  return [...columns.keys()].filter((text) => /^[A-Za-z_]\w*$/.test(text) && text !== 'revision' && text !== 'final');
}

/**
 * The row that was stored, or `undefined` if its window is not one of the pipeline's, as after a change of the
 * definition. Only what has a column of its own is among its values.
 */
export function rebuildRow(pipeline: CompiledPipeline, layout: RowLayout, stored: StoredRow): Row | undefined {
  const fields = layout.keys.map(([field, column]) => [field, stored.column(column) as JsonPrimitive] as const);
  const key = Object.fromEntries(fields);
  const window = rebuildWindow(pipeline, layout.window, { stored, key });
  if (window === 'missing') return undefined;
  const revision =
    layout.revisionColumn === undefined
      ? stored.writeTime
      : BigInt((stored.column(layout.revisionColumn) ?? 0) as string | number);
  return {
    pipeline: pipeline.name,
    key,
    keyText: encodeKey(fields.map(([, value]) => value)),
    window,
    values: Object.fromEntries(
      layout.values.map(([name, column]) => [name, valueOf(layout, name, stored.column(column))]),
    ),
    revision,
    final: revision % 2n === 1n,
  };
}

function valueOf({ jsonValues }: RowLayout, name: string, value: JsonValue): JsonValue {
  if (typeof value !== 'string' || !jsonValues.has(name)) return value;
  try {
    return JSON.parse(value) as JsonValue;
  } catch {
    // Whoever else wrote this wrote text.
    return value;
  }
}
