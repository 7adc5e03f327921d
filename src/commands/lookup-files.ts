import { eventTimeOf } from '../core/decoding/event-time';
import { ConfigError, messageOf } from '../core/errors';
import type { JsonValue } from '../core/json';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { suggestion } from '../core/pipeline/nearest';
import type { ReplayEntry, ReplayLookups } from '../testing/replay-lookups';
import type { CommandIo } from './command-io';

/**
 * Reads the tables that `--lookup NAME=FILE` names: NDJSON lines `{"key", "value", "time"}` (time is optional: ISO 8601 or
 * epoch), or one JSON object of values by key. Throws ConfigError when a name is none of the pipeline's tables, when a
 * table has no file, or for what cannot be read, with file and line.
 */
export async function readLookups(
  given: readonly string[],
  { name, lookups }: CompiledPipeline,
  io: CommandIo,
): Promise<ReplayLookups> {
  const tables = [...new Set(lookups.map(({ table }) => table.name))];
  const files = new Map(given.map((text) => nameAndFile(text, tables)));
  const missing = tables.find((table) => !files.has(table));
  if (missing !== undefined) {
    throw new ConfigError(`${name} looks records up in ${missing}; give its entries: --lookup ${missing}=FILE`);
  }
  const read = [...files].map(async ([table, file]) => [table, await entriesOf(file, io)] as const);
  return Object.fromEntries(await Promise.all(read));
}

function nameAndFile(text: string, tables: readonly string[]): [table: string, file: string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new ConfigError(`--lookup ${text}: NAME=FILE is needed`);
  const table = text.slice(0, at);
  if (tables.includes(table)) return [table, text.slice(at + 1)];
  const hint = tables.length === 0 ? '; it looks nothing up' : suggestion(table, tables);
  throw new ConfigError(`--lookup ${text}: "${table}" is no lookup table of the pipeline${hint}`);
}

async function entriesOf(file: string, io: CommandIo): Promise<readonly ReplayEntry[]> {
  const text = await io.readFile(file).catch((thrown: unknown) => {
    throw new ConfigError(`${file}: cannot be read: ${messageOf(thrown)}`);
  });
  const whole = parsed(text);
  if (isObject(whole) && !isEntry(whole)) {
    return Object.entries(whole).map(([key, value]) => ({ key, value: value as JsonValue }));
  }
  return text.split('\n').flatMap((line, i) => (line.trim() === '' ? [] : [entryOf(line, `${file}:${i + 1}`)]));
}

function entryOf(line: string, place: string): ReplayEntry {
  const entry = parsed(line);
  if (!isObject(entry) || !isEntry(entry)) {
    throw new ConfigError(`${place}: {"key": text, "value": JSON, "time": optional} is needed`);
  }
  const { key, value, time } = entry;
  try {
    return { key, value, ...(time !== undefined && { timeMs: eventTimeOf(time, 'time') }) };
  } catch (error) {
    throw new ConfigError(`${place}: ${messageOf(error)}`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEntry(value: Record<string, unknown>): value is { key: string; value: JsonValue; time?: unknown } {
  const others = Object.keys(value).filter((name) => !['key', 'value', 'time'].includes(name));
  return typeof value['key'] === 'string' && value['value'] !== undefined && others.length === 0;
}
