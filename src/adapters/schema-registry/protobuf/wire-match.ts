import { Enum, type Field, MapField, Type } from 'protobufjs';

/** Types that are written alike, so that a reader of one understands the other. */
const ALIKE: readonly (readonly string[])[] = [
  ['int32', 'uint32', 'int64', 'uint64', 'bool', 'enum'],
  ['sint32', 'sint64'],
  ['fixed32', 'sfixed32'],
  ['fixed64', 'sfixed64'],
  ['string', 'bytes'],
];

/**
 * The first field that `reader` would misread, by its path; `undefined` if there is none. Fields go by their numbers: one
 * that only one of the two has is left out, or has its default.
 */
export function misread(reader: Type, writer: Type, seen = new Set<Type>()): string | undefined {
  if (seen.has(writer)) return undefined;
  seen.add(writer);
  for (const written of writer.fieldsArray) {
    const read = reader.fieldsById[written.id];
    if (!read) continue;
    const found = misreadField(read.resolve(), written.resolve(), seen);
    if (found !== undefined) return found === '' ? written.name : `${written.name}.${found}`;
  }
  return undefined;
}

/** The path below the field; empty for the field itself. */
function misreadField(read: Field, written: Field, seen: Set<Type>): string | undefined {
  if (read.repeated !== written.repeated || read instanceof MapField !== written instanceof MapField) return '';
  if (read.resolvedType instanceof Type && written.resolvedType instanceof Type) {
    return misread(read.resolvedType, written.resolvedType, seen);
  }
  const [own, others] = [kindOf(read), kindOf(written)];
  return own === others || ALIKE.some((group) => group.includes(own) && group.includes(others)) ? undefined : '';
}

function kindOf(field: Field): string {
  if (field.resolvedType instanceof Type) return 'message';
  return field.resolvedType instanceof Enum ? 'enum' : field.type;
}
