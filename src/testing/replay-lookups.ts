import { ConfigError, messageOf } from '../core/errors';
import type { JsonValue } from '../core/json';
import type { TableSpec, TopicTableSpec } from '../core/lookup/compiled-lookup';
import type { LookupTable } from '../core/lookup/lookup-table';
import { MemoryTable } from '../core/lookup/memory-table';
import { referenceRecordOf } from '../core/lookup/reference-record';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';

/** What one record of a reference topic, or one field of a hash, says. */
export interface ReplayEntry {
  readonly key: string;
  /** Null deletes the entry. */
  readonly value: JsonValue;
  /** The record's timestamp, epoch ms; 0, so that the entry always holds, when absent. */
  readonly timeMs?: number;
}

/** Entries of reference tables by the table's name, in their order. */
export type ReplayLookups = Readonly<Record<string, readonly ReplayEntry[]>>;

/**
 * The tables of a pipeline's lookups, with all their entries from the start. Throws ConfigError for a table that is given
 * no entries, and for an entry without a valid time where the table takes it from a field.
 */
export function replayTables({ name, lookups }: CompiledPipeline, given: ReplayLookups): readonly LookupTable[] {
  return lookups.map(({ table }) => {
    const entries = Object.hasOwn(given, table.name) ? given[table.name] : undefined;
    if (entries) return tableOf(table, entries);
    throw new ConfigError(`Pipeline ${name} looks records up in ${table.name}; give the entries of that table.`);
  });
}

const textEncoder = new TextEncoder();

function tableOf(spec: TableSpec, entries: readonly ReplayEntry[]): MemoryTable {
  const inMemory = spec.kind === 'topic' ? spec : asTopic(spec.name);
  const table = new MemoryTable(inMemory);
  entries.forEach(({ key, value, timeMs = 0 }, i) => {
    const record = {
      ...{ offset: BigInt(i), timestampMs: timeMs, key: textEncoder.encode(key) },
      value: value === null ? null : textEncoder.encode(JSON.stringify(value)),
    };
    try {
      table.put(referenceRecordOf(record, inMemory.pointInTime));
    } catch (error) {
      throw new ConfigError(`Entry ${i + 1} of table ${spec.name}: ${messageOf(error)}`);
    }
  });
  return table;
}

/** A hash has one value of each field, whatever the time. */
function asTopic(name: string): TopicTableSpec {
  return { kind: 'topic', name, pointInTime: undefined, maxEntries: Infinity };
}
