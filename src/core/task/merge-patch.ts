const utf8 = { encode: new TextEncoder(), decode: new TextDecoder('utf-8', { fatal: true }) };

export type JsonObject = Readonly<Record<string, unknown>>;

/** The JSON text with the patch of RFC 7396 applied; `undefined` if it is no JSON object. */
export function patched(value: Uint8Array | null, patch: JsonObject): Uint8Array | undefined {
  const target = objectOf(value);
  return target && utf8.encode.encode(JSON.stringify(mergePatch(target, patch)));
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectOf(value: Uint8Array | null): JsonObject | undefined {
  if (value === null) return undefined;
  try {
    const parsed: unknown = JSON.parse(utf8.decode.decode(value));
    return isObject(parsed) ? parsed : undefined;
  } catch {
    // Neither text nor JSON: that may be why it is a dead letter.
    return undefined;
  }
}

/** Null takes a property away; an object is merged; anything else takes the property's place. */
export function mergePatch(target: unknown, patch: JsonObject): JsonObject {
  const result = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, isObject(value) ? mergePatch(result.get(name), value) : value);
  }
  return Object.fromEntries(result);
}
