import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, messageOf } from '../../core/errors';
import { cqlStatements } from './cql-statements';

/** A file as it is on disk: its name without folder, and its text. */
export interface MigrationFile {
  readonly fileName: string;
  readonly text: string;
}

/** One step in the history of the tables. */
export interface Migration {
  readonly version: number;
  readonly fileName: string;
  /** Of the text before placeholders are replaced, so that another replication is not another migration. */
  readonly checksum: string;
  /** Each can be run again: a process may die between two of them. */
  readonly statements: readonly string[];
}

/** How keyspaces are replicated, as in CQL: `{ class: 'NetworkTopologyStrategy', dc1: 3 }`. */
export type Replication = Readonly<Record<string, string | number>>;

export const DEFAULT_REPLICATION: Replication = { class: 'SimpleStrategy', replication_factor: 1 };

const FILE_NAME = /^(\d{4})-[a-z0-9-]+\.cql$/;

/** The `.cql` files of a folder, as they are. Throws ConfigError when it cannot be read. */
export async function readMigrationFiles(folder: string): Promise<readonly MigrationFile[]> {
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.cql'));
    return await Promise.all(
      names.map(async (fileName) => ({ fileName, text: await readFile(join(folder, fileName), 'utf8') })),
    );
  } catch (thrown) {
    throw new ConfigError(`migrations in ${folder}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** Migrations by version. Throws ConfigError for a wrong or double number and for an unknown placeholder. */
export function parseMigrations(files: readonly MigrationFile[], replication: Replication): readonly Migration[] {
  const migrations = files.map((file) => parseMigration(file, replication)).sort((a, b) => a.version - b.version);
  for (const [i, { version, fileName }] of migrations.entries()) {
    const before = migrations[i - 1];
    if (before?.version !== version) continue;
    throw new ConfigError(
      `migrations ${before.fileName} and ${fileName} have the same number: give the newer the next`,
    );
  }
  return migrations;
}

function parseMigration({ fileName, text }: MigrationFile, replication: Replication): Migration {
  const version = Number(FILE_NAME.exec(fileName)?.[1] ?? NaN);
  if (Number.isNaN(version)) {
    throw new ConfigError(`migration ${fileName}: name it NNNN-what-it-does.cql, four digits first`);
  }
  const filled = text.replaceAll(/\$\{(\w*)\}/g, (_, name: string) => {
    if (name === 'replication') return replicationText(replication);
    throw new ConfigError(`migration ${fileName}: unknown placeholder \${${name}}; there is only \${replication}`);
  });
  return { version, fileName, checksum: checksumOf(text), statements: cqlStatements(filled) };
}

/** Line ends differ from one checkout to the next and mean nothing. */
function checksumOf(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n')).digest('hex');
}

export function replicationText(replication: Replication): string {
  const literal = (value: string | number) => `'${String(value).replaceAll("'", "''")}'`;
  const entries = Object.entries(replication).map(([name, value]) => `${literal(name)}: ${literal(value)}`);
  return `{${entries.join(', ')}}`;
}
