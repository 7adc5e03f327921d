/** A JSON Schema as `z.toJSONSchema` makes it, as far as the reference reads it. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly description?: string;
}

/** One property that a definition may have. */
export interface SchemaRow {
  /** From the outermost mapping; `[]` stands for each element of a list. */
  readonly path: string;
  readonly takes: string;
  readonly isRequired: boolean;
  readonly default: string;
  readonly description: string;
}

/** Every property below a schema, in its order, those of nested mappings after their names. */
export function schemaRows(schema: Schema, path = '', isRequired = true): SchemaRow[] {
  if (schema.properties) return propertyRows(schema, path);
  const branches = branchesOf(schema);
  const mappings = branches.filter((branch) => branch.properties ?? branch.oneOf ?? branch.anyOf);
  if (schema.items && isNested(schema.items)) {
    return [row(schema, path, isRequired), ...nestedRows(schema.items, `${path}[]`)];
  }
  return [row(schema, path, isRequired), ...mappings.flatMap((branch) => nestedRows(branch, path))];
}

function propertyRows({ properties = {}, required = [] }: Schema, path: string): SchemaRow[] {
  return Object.entries(properties).flatMap(([name, property]) =>
    schemaRows(
      property,
      path === '' ? name : `${path}.${name}`,
      required.includes(name) && property.default === undefined,
    ),
  );
}

/** A mapping that a constant tells from its siblings has it in its path: `window(tumbling).size`. */
function nestedRows(schema: Schema, path: string): SchemaRow[] {
  if (!schema.properties) return branchesOf(schema).flatMap((branch) => nestedRows(branch, path));
  const [name, kind] =
    Object.entries(schema.properties).find(([, { const: value }]) => typeof value === 'string') ?? [];
  if (name === undefined || kind === undefined) return propertyRows(schema, path);
  const { [name]: told, ...properties } = schema.properties;
  const required = (schema.required ?? []).filter((each) => each !== name);
  return propertyRows({ properties, required }, `${path}(${String(told?.const)})`);
}

function branchesOf({ anyOf = [], oneOf = [] }: Schema): readonly Schema[] {
  return [...anyOf, ...oneOf];
}

function isNested(schema: Schema): boolean {
  return schema.properties !== undefined || branchesOf(schema).some(isNested);
}

function row(schema: Schema, path: string, isRequired: boolean): SchemaRow {
  const hasDefault = schema.default !== undefined;
  return {
    path,
    takes: takes(schema),
    isRequired: isRequired && !hasDefault,
    default: hasDefault ? plain(schema.default) : '',
    description: schema.description ?? '',
  };
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'true, false',
  object: 'mapping',
};

function takes(schema: Schema): string {
  if (schema.const !== undefined) return plain(schema.const);
  if (schema.enum) return schema.enum.map(plain).join(', ');
  if (schema.examples?.includes('PT1H')) return 'duration';
  if (schema.type === 'array') return `list of ${schema.items ? takes(schema.items) : 'anything'}`;
  const branches = branchesOf(schema);
  if (branches.length > 0) return [...new Set(branches.map(takes))].join(', or ');
  if (typeof schema.additionalProperties === 'object')
    return `mapping of names to ${takes(schema.additionalProperties)}`;
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  return types.map((type) => TYPES[type] ?? type).join(', or ') || 'anything';
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
