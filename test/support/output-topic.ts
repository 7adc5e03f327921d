import { outerIdentity } from '../../src/adapters/kafka/row-version';
import type { Row } from '../../src/core/row/row';

/** One record of an output topic, in its order within its partition. */
export interface ShownRecord {
  readonly key: string;
  readonly value: string;
}

interface RowText {
  readonly window?: { readonly start: string; readonly end: string; readonly index?: number };
  readonly revision: string;
  readonly deleted?: true;
}

export interface OutputFaults {
  /** Versions of a row that are there more than once. */
  readonly double: string[];
  /** Versions that come after a newer one of their row. */
  readonly backwards: string[];
  /** The last record of each row, by the row's name. */
  readonly newest: ReadonlyMap<string, string>;
}

/** What a reader would find wrong, told without the sink's own ways of naming rows. */
export function faultsOf(records: readonly ShownRecord[]): OutputFaults {
  const seen = new Set<string>();
  const revisions = new Map<string, bigint>();
  const newest = new Map<string, string>();
  const double: string[] = [];
  const backwards: string[] = [];
  for (const { key, value } of records) {
    const { window, revision, deleted } = JSON.parse(value) as RowText;
    const row = `${key} ${window?.index ?? JSON.stringify(window)}`;
    const version = `${row} ${revision} ${deleted ?? false}`;
    if (seen.has(version)) double.push(version);
    seen.add(version);
    if (BigInt(revision) < (revisions.get(row) ?? 0n)) backwards.push(version);
    revisions.set(row, BigInt(revision));
    newest.set(row, value);
  }
  return { double, backwards, newest };
}

/** The newest version of each row among those that a table was given. */
export function newestOf(rows: readonly Row[]): readonly Row[] {
  const newest = new Map<string, Row>();
  for (const row of rows) {
    const name = outerIdentity(row);
    const held = newest.get(name);
    const wins = held?.revision === row.revision ? row.values === undefined : row.revision > (held?.revision ?? -1n);
    if (wins) newest.set(name, row);
  }
  return [...newest.values()];
}
