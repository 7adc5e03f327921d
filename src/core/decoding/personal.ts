import { PoisonRecordError } from '../errors';
import type { CompiledPipeline, Fields } from '../pipeline/compiled-pipeline';
import type { SourceRecord } from '../ports/record-source.port';

const MASK = '***';
/** Shorter texts are found in too many words; they name nobody by themselves. */
const LEAST_LENGTH = 2;
/** Messages cut values after 60 characters: of longer ones the beginning is looked for, and what follows it. */
const SHOWN_LENGTH = 40;
/** What says nothing of the value itself. */
const HARMLESS = ['schema-header', 'schema-unknown', 'schema-incompatible', 'too-large'];

/** The fields with the values of those called `names`, at any depth, replaced. */
export function maskedFields(fields: unknown, names: readonly string[]): unknown {
  if (typeof fields !== 'object' || fields === null) return fields;
  if (Array.isArray(fields)) return fields.map((item) => maskedFields(item, names));
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      names.includes(name) && value !== null ? MASK : maskedFields(value, names),
    ]),
  );
}

/**
 * The error without what the fields called `names` hold. `fields` are those of the record, `undefined` if it cannot be
 * decoded: what a decoder quotes then may be anything, so only its reason is told.
 */
export function withoutPersonal(
  error: PoisonRecordError,
  names: readonly string[],
  fields: Fields | undefined,
): PoisonRecordError {
  if (names.length === 0 || HARMLESS.includes(error.reason)) return error;
  if (fields) return new PoisonRecordError(error.reason, maskedText(error.message, names, fields));
  const message = 'the value cannot be decoded; its source has personal fields, so no more is told';
  return new PoisonRecordError(error.reason, message);
}

/** `undefined` for a record that cannot be decoded. */
export function fieldsOf(pipeline: Pick<CompiledPipeline, 'decode'>, record: SourceRecord): Fields | undefined {
  try {
    return pipeline.decode(record);
  } catch (error) {
    if (error instanceof PoisonRecordError) return undefined;
    throw error;
  }
}

/** Text with every personal value of the record replaced, whatever its case; also the beginnings of long ones. */
export function maskedText(text: string, names: readonly string[], fields: Fields): string {
  const values = [...new Set(personalTexts(fields, names))].sort((left, right) => right.length - left.length);
  return values.reduce(withoutValue, text);
}

function withoutValue(text: string, value: string): string {
  const [sought, lower] = [value.toLowerCase(), text.toLowerCase()];
  // Letters whose lower case is longer would move all places behind them.
  if (lower.length !== text.length || sought.length !== value.length) return text.replaceAll(value, MASK);
  const beginning = sought.slice(0, SHOWN_LENGTH);
  let masked = '';
  let from = 0;
  for (let at = lower.indexOf(beginning); at !== -1; at = lower.indexOf(beginning, from)) {
    let length = beginning.length;
    while (length < sought.length && lower[at + length] === sought[length]) length++;
    masked += text.slice(from, at) + MASK;
    from = at + length;
  }
  return masked + text.slice(from);
}

function personalTexts(value: unknown, names: readonly string[], isPersonal = false): readonly string[] {
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, part]) =>
      personalTexts(part, names, isPersonal || names.includes(name)),
    );
  }
  if (!isPersonal || value === null || value === undefined) return [];
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return [text, JSON.stringify(text).slice(1, -1)].filter((each) => each.length >= LEAST_LENGTH);
}
