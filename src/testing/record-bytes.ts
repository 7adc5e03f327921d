import type { PipelineDefinition } from '../core/pipeline/definition';

type Source = PipelineDefinition['spec']['source'];

const textEncoder = new TextEncoder();

/** The value of a record as its topic holds it: text as it is, fields in the format of the source. */
export function recordBytes(value: Readonly<Record<string, unknown>> | string, source: Source): Uint8Array {
  return textEncoder.encode(typeof value === 'string' ? value : textOf(value, source));
}

function textOf(fields: Readonly<Record<string, unknown>>, { format, csv }: Source): string {
  if (format !== 'csv') return JSON.stringify(fields);
  return (csv?.columns ?? []).map((name) => cell(Object.hasOwn(fields, name) ? fields[name] : null)).join(',');
}

/** RFC 4180. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
