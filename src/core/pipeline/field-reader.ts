import type { Fields } from './compiled-pipeline';

/** Names that every object inherits: `toString`, `constructor`. A record has them only if its own text does. */
const isInherited = (name: string): boolean => name in Object.prototype;

/** Reads one field; `undefined` when the record has none of the name. */
export function fieldReader(name: string): (fields: Fields) => unknown {
  if (isInherited(name)) return (fields) => (Object.hasOwn(fields, name) ? fields[name] : undefined);
  return (fields) => fields[name];
}

/** The same, and `values.at` is the field `at` of the object `values` unless the record has a field of that very name. */
export function pathReader(path: string): (fields: Fields) => unknown {
  const whole = fieldReader(path);
  if (!path.includes('.')) return whole;
  const parts = path.split('.');
  return (fields) => whole(fields) ?? within(fields, parts);
}

function within(fields: Fields, parts: readonly string[]): unknown {
  let value: unknown = fields;
  for (const part of parts) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Fields)[part];
  }
  return value;
}

/** Makes missing fields null, so that expressions can compare them. `names` come from expressions. */
export function missingAsNull(names: readonly string[]): (fields: Fields) => void {
  const plain = names.filter((name) => !isInherited(name));
  const inherited = names.filter(isInherited);
  return (fields) => {
    for (const name of plain) if (fields[name] === undefined) fields[name] = null;
    for (const name of inherited) if (!Object.hasOwn(fields, name)) fields[name] = null;
  };
}
