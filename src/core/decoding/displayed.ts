const LONGEST = 60;

/** A value of a record as messages show it: one line of JSON, cut when long. However large or deep, it costs little. */
export function displayed(value: unknown): string {
  const text = begun(value, LONGEST + 1);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

/**
 * At least the first `room` characters of the value's JSON. Each level of nesting takes one of them, so that the depth of
 * the recursion is bounded too: JSON.stringify overflows the stack at some 6,000 levels.
 */
function begun(value: unknown, room: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, room));
  if (typeof value !== 'object' || value === null) return String(value);
  if (room <= 0) return '';
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  let text = open!;
  for (const [name, part] of Object.entries(value)) {
    if (text.length > room) break;
    if (text.length > 1) text += ',';
    if (!Array.isArray(value)) text += `${begun(name, room)}:`;
    text += begun(part, room - text.length);
  }
  return text + close!;
}

/** What a value of a record is, in the words of messages. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'a boolean';
  return typeof value === 'number' || typeof value === 'bigint' ? 'a number' : 'an object';
}
