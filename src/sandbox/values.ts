/**
 * Values as text, on their way into the sandbox and out of it. What crosses is never shared: each side makes it anew, so
 * that neither can change, or follow the prototypes of, what the other has.
 *
 * Plain JSON is JSON. Text that begins with {@link MARK} is JSON too, of lists whose first item says what they are, for what
 * JSON has not: not-a-number, -0, integers of any size, times, durations, bytes, maps, `undefined`.
 */
export interface SpecialKinds {
  /** A duration of CEL, if it is one. */
  durationIn(value: object): { readonly seconds: bigint; readonly nanos: number } | undefined;
  duration(seconds: bigint, nanos: number): object;
  /** An unsigned integer of CEL, if it is one. */
  unsignedIn(value: object): bigint | undefined;
  unsigned(value: bigint): object;
}

const MARK = '!';
/** Deeper than any record; beyond it are lists that hold themselves. */
const MAX_DEPTH = 200;

/** Throws TypeError for what has no meaning on the other side: functions, promises, symbols, sets. */
export function encodeValue(value: unknown, kinds: SpecialKinds): string {
  return isPlain(value, 0) ? JSON.stringify(value) : MARK + JSON.stringify(taggedOf(value, kinds, 0));
}

/** Throws Error for text that {@link encodeValue} did not write. */
export function decodeValue(text: string, kinds: SpecialKinds): unknown {
  return text.startsWith(MARK) ? valueOf(JSON.parse(text.slice(1)), kinds) : JSON.parse(text);
}

/** Whether JSON says all of it. */
function isPlain(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object':
      return value === null || (depth < MAX_DEPTH && isPlainObject(value, depth));
    case 'undefined':
    case 'bigint':
    case 'function':
    case 'symbol':
      return false;
  }
}

function isPlainObject(value: object, depth: number): boolean {
  if (Array.isArray(value)) {
    // By its places: `every` would step over holes.
    for (let i = 0; i < value.length; i++) if (!isPlain(value[i], depth + 1)) return false;
    return true;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  for (const name in value) if (!isPlain((value as Record<string, unknown>)[name], depth + 1)) return false;
  return true;
}

type Tagged = string | number | boolean | null | readonly Tagged[];

function taggedOf(value: unknown, kinds: SpecialKinds, depth: number): Tagged {
  if (depth > MAX_DEPTH) throw new TypeError(`A value that is more than ${MAX_DEPTH} levels deep cannot cross`);
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : ['n', Object.is(value, -0) ? '-0' : `${value}`];
    case 'undefined':
      return ['u'];
    case 'bigint':
      return ['b', `${value}`];
    case 'object':
      return value === null ? null : taggedObject(value, kinds, depth);
    case 'function':
    case 'symbol':
      throw new TypeError(`A ${typeof value} is no value of a record or of CEL`);
  }
}

function taggedObject(value: object, kinds: SpecialKinds, depth: number): Tagged {
  const inner = (part: unknown): Tagged => taggedOf(part, kinds, depth + 1);
  if (Array.isArray(value)) return ['l', ...Array.from(value, inner)];
  if (value instanceof Date) return ['t', inner(value.getTime())];
  if (value instanceof Uint8Array) return ['y', ...value];
  if (value instanceof Map) return ['m', ...Array.from(value, ([key, part]) => [inner(key), inner(part)])];
  if (value instanceof Set) throw new TypeError('A set is no value of a record or of CEL; give a list');
  if (typeof (value as { then?: unknown }).then === 'function') {
    throw new TypeError('A promise is no value: functions of extensions answer at once');
  }
  const duration = kinds.durationIn(value);
  if (duration) return ['d', `${duration.seconds}`, duration.nanos];
  const unsigned = kinds.unsignedIn(value);
  if (unsigned !== undefined) return ['i', `${unsigned}`];
  return ['o', ...Object.entries(value).map(([name, part]) => [name, inner(part)])];
}

function valueOf(tagged: unknown, kinds: SpecialKinds): unknown {
  if (!Array.isArray(tagged)) return tagged;
  const [tag, ...parts] = tagged as unknown as readonly [string, ...unknown[]];
  const inner = (part: unknown): unknown => valueOf(part, kinds);
  switch (tag) {
    case 'n':
      return Number(parts[0]);
    case 'u':
      return undefined;
    case 'b':
      return BigInt(parts[0] as string);
    case 'l':
      return parts.map(inner);
    case 'o':
      return Object.fromEntries((parts as [string, unknown][]).map(([name, part]) => [name, inner(part)]));
    case 'm':
      return new Map((parts as [unknown, unknown][]).map(([key, part]) => [inner(key), inner(part)]));
    case 't':
      return new Date(inner(parts[0]) as number);
    case 'y':
      return Uint8Array.from(parts as number[]);
    case 'd':
      return kinds.duration(BigInt(parts[0] as string), Number(parts[1]));
    case 'i':
      return kinds.unsigned(BigInt(parts[0] as string));
    default:
      throw new Error('A value came across that is none');
  }
}
