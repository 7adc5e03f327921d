import type { JsonValue } from '../core/json';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { Row } from '../core/row/row';
import { rowText } from '../core/row/row-json';

/** How rows become lines, each with its line break. */
export interface ExportLines {
  /** Empty for none. */
  readonly head: string;
  line(row: Row): string;
}

/** One JSON object for each row, as everywhere else. */
export const ndjsonLines: ExportLines = { head: '', line: (row) => `${rowText(row)}\n` };

/**
 * RFC 4180: fields of the key, bounds of the window in UTC, a column for each aggregate, revision, final. Lists and objects are
 * JSON; null is empty. Rows of a pipeline without aggregates have their values as JSON in one column.
 */
export function csvLines({ keyNames, aggregates, definition }: CompiledPipeline): ExportLines {
  const names = aggregates.map(({ name }) => name);
  const hasWindow = definition.spec.window !== undefined && definition.spec.window.kind !== 'global';
  const head = [
    ...keyNames,
    ...(hasWindow ? ['window_start', 'window_end'] : []),
    ...(names.length > 0 ? names : ['values']),
    ...['revision', 'final'],
  ];
  const line = ({ key, window, values, revision, final }: Row): string =>
    csvLine([
      ...keyNames.map((name) => key[name] ?? null),
      ...(hasWindow ? [isoOf(window?.startMs), isoOf(window?.endMs)] : []),
      ...(names.length > 0 ? names.map((name) => values?.[name] ?? null) : [values ?? null]),
      ...[revision.toString(), final],
    ]);
  return { head: csvLine(head), line };
}

function isoOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

function csvLine(values: readonly JsonValue[]): string {
  return `${values.map(csvField).join(',')}\r\n`;
}

function csvField(value: JsonValue): string {
  if (value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
