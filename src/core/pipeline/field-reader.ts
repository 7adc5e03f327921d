import type { Fields } from './compiled-pipeline';

/** Names that every object inherits: `toString`, `constructor`. A record has them only if its own text does. */
const isInherited = (name: string): boolean => name in Object.prototype;

/** Reads one field; `undefined` when the record has none of the name. */
export function fieldReader(name: string): (fields: Fields) => unknown {
  if (isInherited(name)) return (fields) => (Object.hasOwn(fields, name) ? fields[name] : undefined);
  return (fields) => fields[name];
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
