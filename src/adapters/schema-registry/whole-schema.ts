import type { SchemaReference, SchemaRegistry, SchemaText } from '../../core/ports/schema-registry.port';
import { SchemaError, type WholeSchema } from './schema-driver';

/** Schemas that one schema may use, those that they use counted. */
const MAX_USED = 200;

/** Gathers what a schema uses. Throws SchemaError for what is not there; TransientError as the registry does. */
export async function wholeSchema(schema: SchemaText, registry: SchemaRegistry): Promise<WholeSchema> {
  const uses = new Map<string, string>();
  const begun = new Set<string>();

  async function gather(references: readonly SchemaReference[]): Promise<void> {
    for (const { name, subject, version } of references) {
      if (begun.has(name)) continue;
      begun.add(name);
      if (begun.size > MAX_USED) throw new SchemaError(`it uses more than ${MAX_USED} other schemas`);
      const used = await registry.version(subject, version);
      if (!used) throw new SchemaError(`it uses version ${version} of subject ${subject}, which is not there`);
      await gather(used.references);
      uses.set(name, used.text);
    }
  }

  await gather(schema.references);
  return { text: schema.text, uses: [...uses].map(([name, text]) => ({ name, text })) };
}
