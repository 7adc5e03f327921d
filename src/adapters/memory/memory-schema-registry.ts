import { ConfigError } from '../../core/errors';
import type { SchemaRegistry, SchemaText, SchemaVersion } from '../../core/ports/schema-registry.port';

/** Why a schema may not follow another; throws ConfigError for what is no schema. */
export type FindObjections = (
  newer: SchemaText,
  older: SchemaText | undefined,
  registry: SchemaRegistry,
) => Promise<readonly string[]>;

/** Schemas in memory, with the rule that Confluent's registry has by default: each version reads what the one before wrote. */
export class MemorySchemaRegistry implements SchemaRegistry {
  private readonly schemas: SchemaText[] = [];
  private readonly subjects = new Map<string, SchemaVersion[]>();
  /** One registration after the other, so that each is compared with the one before. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly findObjections: FindObjections) {}

  byId(id: number): Promise<SchemaText | undefined> {
    return Promise.resolve(this.schemas[id - 1]);
  }

  version(subject: string, version: number | 'latest'): Promise<SchemaVersion | undefined> {
    const versions = this.subjects.get(subject) ?? [];
    return Promise.resolve(version === 'latest' ? versions.at(-1) : versions[version - 1]);
  }

  register(subject: string, schema: SchemaText): Promise<number> {
    const registered = this.turn.then(() => this.add(subject, schema));
    this.turn = registered.catch(() => undefined);
    return registered;
  }

  async objections(subject: string, schema: SchemaText): Promise<readonly string[]> {
    return this.findObjections(schema, await this.version(subject, 'latest'), this);
  }

  private async add(subject: string, schema: SchemaText): Promise<number> {
    const versions = this.subjects.get(subject) ?? [];
    const same = versions.find((known) => isSame(known, schema));
    if (same) return same.id;
    const objections = await this.objections(subject, schema);
    if (objections.length > 0) {
      throw new ConfigError(`Subject ${subject} refuses the schema as incompatible: ${objections.join('; ')}`);
    }
    const id = this.idOf(schema);
    this.subjects.set(subject, [...versions, { ...schema, id, subject, version: versions.length + 1 }]);
    return id;
  }

  /** A schema has one id, whatever subjects have it. */
  private idOf(schema: SchemaText): number {
    const known = this.schemas.findIndex((other) => isSame(other, schema));
    return known === -1 ? this.schemas.push(schema) : known + 1;
  }
}

function isSame(left: SchemaText, right: SchemaText): boolean {
  const [own, others] = [left, right].map(({ format, text, references }) => JSON.stringify([format, text, references]));
  return own === others;
}
