import type { CassandraFacts, ExistingTables } from '../../adapters/cassandra/cassandra-facts';
import { quoted, type TableName, tableText } from '../../adapters/cassandra/table-schema';
import { type Finding, wrong } from './finding';

/** What a role may do, and what there is to do it to. */
export interface HeldRights {
  readonly role: string;
  readonly permissions: NonNullable<CassandraFacts['permissions']>;
  /** Of the keyspaces that are asked about. */
  readonly existing: ExistingTables;
}

interface Need {
  readonly permissions: readonly string[];
  /** As `LIST PERMISSIONS` names them; a right on any of them is enough. */
  readonly resources: readonly string[];
  /** For `GRANT`. */
  readonly on: string;
  readonly else: string;
}

/**
 * What the role lacks to write and read a table, each with the statement that gives it. Of what is not there yet it needs the
 * right to create it: who creates a keyspace or a table owns it.
 */
export function tableRightsFindings(name: TableName, { role, permissions, existing }: HeldRights): readonly Finding[] {
  const need = needOf(name, existing);
  const held = new Set(need.resources.flatMap((resource) => [...(permissions.get(resource) ?? [])]));
  return need.permissions
    .filter((permission) => !held.has(permission))
    .map((permission) =>
      wrong(
        'cassandra permissions',
        `role ${role} has no ${permission} permission on ${need.on}${need.else}`,
        `GRANT ${permission} ON ${need.on} TO ${cqlName(role)}`,
      ),
    );
}

function needOf(name: TableName, existing: ExistingTables): Need {
  const { keyspace, table } = name;
  const everywhere = '<all keyspaces>';
  const within = [`<keyspace ${keyspace}>`, `<all tables in ${keyspace}>`, everywhere];
  const tables = existing.get(keyspace);
  if (!tables) {
    const on = { resources: [everywhere], on: 'ALL KEYSPACES' };
    return { ...on, permissions: ['CREATE'], else: `, and keyspace ${keyspace} is not there` };
  }
  if (!tables.has(table)) {
    const on = { resources: within, on: `KEYSPACE ${cqlName(keyspace)}` };
    return { ...on, permissions: ['CREATE'], else: `, and table ${tableText(name)} is not there` };
  }
  const on = { resources: [`<table ${tableText(name)}>`, ...within], on: `${cqlName(keyspace)}.${cqlName(table)}` };
  return { ...on, permissions: ['SELECT', 'MODIFY'], else: '' };
}

/** Quoted only where it would mean another name without. */
function cqlName(name: string): string {
  return /^[a-z][a-z0-9_]*$/.test(name) ? name : quoted(name);
}
