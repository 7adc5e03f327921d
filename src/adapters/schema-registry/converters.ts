/**
 * Converters of types that may contain themselves, each made once: one that is met again while it is being made is looked
 * up when it is used.
 */
export function converters<SchemaType, In, Out>(
  make: (type: SchemaType, inner: (type: SchemaType) => (value: In) => Out) => (value: In) => Out,
): (type: SchemaType) => (value: In) => Out {
  const known = new Map<SchemaType, (value: In) => Out>();
  function converterOf(type: SchemaType): (value: In) => Out {
    const made = known.get(type);
    if (made) return made;
    known.set(type, (value) => known.get(type)!(value));
    const converter = make(type, converterOf);
    known.set(type, converter);
    return converter;
  }
  return converterOf;
}
