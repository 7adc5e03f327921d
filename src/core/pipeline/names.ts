/** Words of CEL that cannot be names. */
const CEL_WORDS = [
  ...['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import'],
  ...['let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while'],
];

/** Assigning to `__proto__` would change the prototype of a record. */
const UNSAFE_NAMES = ['__proto__'];

/** What expressions over records see besides the record's fields. */
export const RECORD_VARIABLES = ['key', 'timestamp', 'headers'] as const;

/** What column expressions see besides the aggregates. */
export const ROW_VARIABLES = ['key', 'window', 'revision', 'final'] as const;

export const WINDOW_FIELDS = ['start', 'end', 'date', 'year', 'index'] as const;

export const RESERVED_FIELD_NAMES: readonly string[] = [...CEL_WORDS, ...UNSAFE_NAMES, ...RECORD_VARIABLES];

export const RESERVED_AGGREGATE_NAMES: readonly string[] = [...CEL_WORDS, ...UNSAFE_NAMES, ...ROW_VARIABLES];
