import type { PipelineDefinition } from './definition';
import type { LookupDefinition } from './lookup-definition';
import { repartitionOf } from './repartition-definition';

/**
 * Hash of all that the meaning of state depends on. Formatting, comments and the order of properties do not show in it,
 * but the order of aggregates does, because panes are encoded in it, and the order of derived fields, because later
 * ones see earlier ones. Text of expressions counts as written. `versions` are those of the user's own aggregates and
 * functions that the definition calls, by name; without any, the fingerprint is as if there could be none.
 */
export function fingerprintOf(definition: PipelineDefinition, versions: Readonly<Record<string, number>> = {}): string {
  const { source, lookup, where, derive, key, window, aggregate, late } = definition.spec;
  const { topic, format, csv, schema, maxRecordBytes, time } = source;
  const { partialRange } = repartitionOf(definition.spec);
  return fnv1a64(
    canonicalJson({
      source: {
        topic,
        format,
        columns: csv?.columns ?? null,
        ...(schema && { schema: readBy(schema) }),
        maxRecordBytes,
        time: { ...time, field: time.field ?? null },
      },
      ...(lookup && { lookup: lookup.map(meaningOf) }),
      where: where?.trim() ?? null,
      derive: trimmedEntries(derive ?? {}),
      key: key ?? null,
      window: window ?? null,
      // Other policies leave the state as it is.
      ...(typeof late === 'object' && 'amend' in late && { amend: late.amend }),
      aggregate: trimmedEntries(aggregate ?? {}),
      ...(partialRange !== undefined && { partialRange }),
      ...(Object.keys(versions).length > 0 && { versions }),
    }),
  );
}

/** Where the text of a schema comes from says nothing. */
function readBy({ subject, version, text }: NonNullable<PipelineDefinition['spec']['source']['schema']>) {
  return version === undefined ? { text: text ?? null } : { subject: subject ?? null, version };
}

/** What records are given. How long entries are kept, and how many, leaves that as it is. */
function meaningOf(lookup: LookupDefinition): Readonly<Record<string, unknown>> {
  const { table, name, on, as, missing } = lookup;
  const time = lookup.table === 'topic' && lookup.pointInTime ? (lookup.time?.field ?? null) : undefined;
  return { table, name, on: on.trim(), as, missing, ...(time !== undefined && { pointInTime: time }) };
}

function trimmedEntries(expressions: Readonly<Record<string, string>>): string[][] {
  return Object.entries(expressions).map(([name, text]) => [name, text.trim()]);
}

/** JSON with the properties of every object in order of their names. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );
}

const OFFSET_BASIS = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/** FNV-1a, 64 bits, of the text in UTF-8, as 16 hexadecimal digits. Source: draft-eastlake-fnv. */
export function fnv1a64(text: string): string {
  let hash = OFFSET_BASIS;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  return hash.toString(16).padStart(16, '0');
}
