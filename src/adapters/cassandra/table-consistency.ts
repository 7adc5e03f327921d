import { type ConsistencyName, consistencyOf } from './cassandra-options';

/** Levels of one table, or of all tables of a keyspace, where they differ from the client's. */
export interface TableLevels {
  readonly reads: ConsistencyName;
  readonly writes: ConsistencyName;
}

/** By `keyspace.table`, or `keyspace.*`. */
export type LevelsByTable = ReadonlyMap<string, TableLevels>;

/** The consistency of each table by configuration; what it does not name has the client's level. */
export class TableConsistency {
  constructor(private readonly levels: LevelsByTable = new Map()) {}

  /** Options of a request. */
  ofReads(table: string): { readonly consistency?: number } {
    return optionOf(this.levelsOf(table)?.reads);
  }

  ofWrites(table: string): { readonly consistency?: number } {
    return optionOf(this.levelsOf(table)?.writes);
  }

  private levelsOf(table: string): TableLevels | undefined {
    const [keyspace = ''] = table.split('.');
    return this.levels.get(table) ?? this.levels.get(`${keyspace}.*`);
  }
}

function optionOf(name: ConsistencyName | undefined): { readonly consistency?: number } {
  return name === undefined ? {} : { consistency: consistencyOf(name) };
}
